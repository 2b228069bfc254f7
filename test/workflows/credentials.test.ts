import type { EtlActivities } from '../../activities/contract';
import { withCredentialRetries } from '../../activities/credentialRetries';
import { CredentialsError } from '../../activities/ports';
import { delivered, failureOf, fakeActivities } from '../support/fakeActivities';
import { Rig } from '../support/rig';

/** Pauses of 1 and 2 s. */
const budgetSeconds = 4;
const retries = 2;

/** Activities of which each call of `step` is refused so often, before it does what it does. */
function refusing(step: keyof EtlActivities, times: number): EtlActivities {
  const { activities } = fakeActivities();
  let left = times;
  const work = activities[step] as (input: never) => Promise<unknown>;
  const refused = async (input: never) => {
    if (left-- > 0) throw new CredentialsError('ECS: the AWS credentials have expired. Renew them.');
    return work(input);
  };
  return withCredentialRetries({ ...activities, [step]: refused } as EtlActivities, budgetSeconds);
}

/** The real server, too: that heartbeat details reach the next attempt is its promise. */
describe.each(['time-skipping', 'real'] as const)('refused credentials, on a %s server', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await (kind === 'real' ? Rig.startReal() : Rig.start());
  });
  afterAll(() => rig.stop());
  const run = (step: keyof EtlActivities, times: number) =>
    rig.with(refusing(step, times), (start) => start(undefined, `${kind}-${step}-${times}`));

  test.each(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit', 'notify'] as const)(
    '%s is repeated within the budget',
    async (step) => {
      expect(await (await run(step, retries)).result()).toMatchObject({ delivered, notification: { sent: true } });
    },
  );

  test.each(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit'] as const)(
    '%s fails the run after the budget, with cause and remedy',
    async (step) => {
      const { type, message } = await failureOf(await run(step, retries + 1));
      expect(type).toBe('BadConfiguration');
      expect(message).toMatch(/the AWS credentials have expired\. Renew them\./);
    },
  );
});
