import type { EtlActivities } from '../../activities/contract';
import { withCredentialRetries } from '../../activities/credentialRetries';
import { CredentialsError } from '../../activities/ports';
import { delivered, failureOf, fakeActivities } from '../support/fakeActivities';
import { Rig } from '../support/rig';

/** Covers pauses of 1 and 2 s. */
const budgetSeconds = 4;
const retries = 2;

/** Activities in which the first `times` calls of `step` are refused and later calls do their work. */
function refusing(step: keyof EtlActivities, times: number): EtlActivities {
  const { activities } = fakeActivities();
  let left = times;
  const work = activities[step] as (input: never) => Promise<unknown>;
  const refused = async (input: never) => {
    if (left-- > 0) throw new CredentialsError('ECS: the AWS credentials have expired. Renew the credentials.');
    return work(input);
  };
  return withCredentialRetries({ ...activities, [step]: refused } as EtlActivities, budgetSeconds);
}

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

// On a real server, since carrying heartbeat details over to the next attempt is a server guarantee.
withServer('refused credentials', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.startReal();
  }, 60_000);
  afterAll(() => rig.stop());
  const run = (step: keyof EtlActivities, times: number) =>
    rig.with(refusing(step, times), (start) => start(undefined, `${step}-${times}`));

  test.concurrent.each(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit', 'notify'] as const)(
    'retries %s within the budget',
    async (step) => {
      expect(await (await run(step, retries)).result()).toMatchObject({ delivered, notification: { sent: true } });
    },
  );

  test.concurrent.each(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit'] as const)(
    '%s fails the run with the cause and the remedy once the budget is used up',
    async (step) => {
      const { type, message } = await failureOf(await run(step, retries + 1));
      expect(type).toBe('BadConfiguration');
      expect(message).toMatch(/the AWS credentials have expired\. Renew the credentials\./);
    },
  );
});
