import { stateMachine } from '../../step-functions/definition/machine';
import { withSubstitutions } from '../../step-functions/definition/settings';
import { aslMutations, reachable } from './aslMutations';
import { contractBreaches } from './contract';
import { enumerated } from './scenarios';
import { runOnStepFunctions } from './stepFunctions';
import { runOnTemporal, type TemporalRun } from './temporal';
import { verdict } from './verdict';
import { type EventName, type Validations, validations } from './world';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

/** Just enough scenarios to detect each mutation; the other test runs all of them. */
const seen =
  /^(delivered|event: (no date|with options|null; validation away)|\w+ (fails 2 times|always fails|always times out)|(invalid|failed), and no (alert|letter) can be (sent|kept)|exit75 (twice|always, no commit)|timed out, alert .*|running always, after its commit|never a commit|superseded|sinks: (a conflict|a refusal))$/;
const scenarios = enumerated.filter(({ name }) => seen.test(name));
const machine = stateMachine(withSubstitutions());

withServer('a mutated machine', () => {
  let validated: ReadonlyMap<EventName, Validations>;
  let temporal: ReadonlyMap<string, TemporalRun>;
  beforeAll(async () => {
    validated = await validations();
    temporal = await runOnTemporal(scenarios, validated);
  }, 300_000);

  /** Compares the contracts of the histories first: if they differ, nothing needs to run. */
  const differences = async (changed: typeof machine): Promise<readonly unknown[]> => {
    const breaches = [...temporal.values()].flatMap(({ contract }) => contractBreaches(changed, contract));
    if (breaches.length > 0) return breaches;
    // A few at a time, until one differs.
    for (let from = 0; from < scenarios.length; from += 4) {
      const few = scenarios.slice(from, from + 4);
      const { undeclared } = verdict(changed, few, temporal, await runOnStepFunctions(changed, few, validated));
      if (undeclared.length > 0) return undeclared;
    }
    return [];
  };

  test('the unchanged machine has no differences', async () => {
    expect(await differences(machine)).toEqual([]);
  });

  test.each(aslMutations.map((mutation) => [mutation.name, mutation] as const))('%s', async (_name, { change }) => {
    const changed = reachable(change(machine));
    expect(JSON.stringify(changed)).not.toBe(JSON.stringify(machine));
    expect(await differences(changed)).not.toEqual([]);
  });
});
