import { budgets } from '@etl/pipeline/definition';
import { stateMachine } from '../../step-functions/definition/machine';
import { withSubstitutions } from '../../step-functions/definition/settings';
import { thorough } from '../support/thorough';
import { aslMutations, reachable } from './aslMutations';
import { oddLaunchWaits } from './classes';
import { contractBreaches } from './contract';
import { shownIds } from './declared';
import { enumerated, randomScenarios } from './scenarios';
import { runOnStepFunctions } from './stepFunctions';
import { runOnTemporal, type TemporalRun } from './temporal';
import type { SentMessage, StageTrace, Trace } from './trace';
import { verdict } from './verdict';
import { type EventName, type Validations, validations } from './world';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const seeds = thorough ? [1, 2, 3, 4, 5] : [1];
const scenarios = [...enumerated, ...seeds.flatMap((seed) => randomScenarios(seed, thorough ? 40 : 15))];
/** A quick run changes a third of the traces. */
const changedShare = thorough ? 1 : 3;
const machine = stateMachine(withSubstitutions());

/** Just enough scenarios to detect each mutation. */
const detecting =
  /^(delivered|event: (no date|with options|null; validation away)|\w+ (fails 2 times|always fails|always times out)|(invalid|failed), and no (alert|letter) can be (sent|kept)|exit75 (twice|always, no commit)|timed out, alert .*|running always, after its commit|never a commit|superseded|sinks: (a conflict|a refusal))$/;

const opposite = { succeeded: 'failed', failed: 'succeeded' } as const;
const withMessages =
  (change: (message: SentMessage) => SentMessage) =>
  (trace: Trace): Trace => ({ ...trace, messages: trace.messages.map(change) });
const withStages =
  (change: (stage: StageTrace) => StageTrace) =>
  (trace: Trace): Trace => ({ ...trace, stages: trace.stages.map(change) });

withServer(`the workflow and the state machine side by side; random seeds ${seeds.join(', ')}`, () => {
  let temporal: ReadonlyMap<string, TemporalRun>;
  let stepFunctions: ReadonlyMap<string, Trace>;
  let validated: ReadonlyMap<EventName, Validations>;
  beforeAll(async () => {
    validated = await validations();
    stepFunctions = await runOnStepFunctions(machine, scenarios, validated);
    temporal = await runOnTemporal(scenarios, validated);
  }, seeds.length * 300_000);

  test('there are at least 200 scenarios with unique names', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
    expect(scenarios.length).toBeGreaterThanOrEqual(200);
  });

  test('they differ only as declared', () => {
    expect(verdict(machine, scenarios, temporal, stepFunctions).undeclared).toEqual([]);
  });

  test.each<[string, (trace: Trace) => Trace]>([
    ['another status', (trace) => ({ ...trace, end: { ...trace.end, status: opposite[trace.end.status] } })],
    ['another failure type', (trace) => ({ ...trace, end: { ...trace.end, failureType: 'Other' } })],
    ['another first line', withMessages((message) => ({ ...message, firstLine: 'other' }))],
    ['another attribute', withMessages((message) => ({ ...message, outcome: 'other' }))],
    [
      'another letter',
      (trace) => ({
        ...trace,
        deadLetters: trace.deadLetters.map((letter) => ({ ...letter, failureType: 'Other' })),
      }),
    ],
    ['one more attempt', withStages((stage) => ({ ...stage, attempts: ['error', ...stage.attempts] }))],
    ['other waits', withStages((stage) => ({ ...stage, waits: stage.waits.map((wait) => wait + 1) }))],
  ])('%s of the machine is an undeclared difference', (_what, change) => {
    const changed = new Map([...stepFunctions].map(([name, trace]) => [name, change(trace)]));
    const affected = scenarios.filter(
      ({ name }) => JSON.stringify(changed.get(name)) !== JSON.stringify(stepFunctions.get(name)),
    );
    expect(affected.length).toBeGreaterThan(10);
    const covered = affected.filter(
      (scenario, index) =>
        index % changedShare === 0 && verdict(machine, [scenario], temporal, changed).undeclared.length === 0,
    );
    expect(covered.map(({ name }) => name)).toEqual([]);
  });

  test('every difference declared for scenarios occurs', () => {
    const { met } = verdict(machine, scenarios, temporal, stepFunctions);
    expect(shownIds.filter((id) => !met.has(id))).toEqual([]);
  });

  test('attempts wait as their retry policies require, and launches as the budgets require', () => {
    const odd = scenarios.flatMap((scenario) => {
      const run = temporal.get(scenario.name) as TemporalRun;
      return [...run.oddWaits, ...oddLaunchWaits(scenario, run.trace, budgets)].map(
        (what) => `${scenario.name}: ${what}`,
      );
    });
    expect(odd).toEqual([]);
  });

  describe('a mutated machine', () => {
    const few = enumerated.filter(({ name }) => detecting.test(name));

    /** Compares the contracts of the histories first: if they differ, nothing needs to run. */
    const differences = async (changed: typeof machine): Promise<readonly unknown[]> => {
      const breaches = few.flatMap(({ name }) =>
        contractBreaches(changed, (temporal.get(name) as TemporalRun).contract),
      );
      if (breaches.length > 0) return breaches;
      // Some at a time, until one differs.
      for (let from = 0; from < few.length; from += 4) {
        const some = few.slice(from, from + 4);
        const { undeclared } = verdict(changed, some, temporal, await runOnStepFunctions(changed, some, validated));
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
});
