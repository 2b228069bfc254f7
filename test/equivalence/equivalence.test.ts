import { budgets } from '@etl/pipeline/definition';
import { stateMachine } from '../../step-functions/definition/machine';
import { withSubstitutions } from '../../step-functions/definition/settings';
import { thorough } from '../support/thorough';
import { oddLaunchWaits } from './classes';
import { shownIds } from './declared';
import { enumerated, randomScenarios } from './scenarios';
import { runOnStepFunctions } from './stepFunctions';
import { runOnTemporal, type TemporalRun } from './temporal';
import type { SentMessage, StageTrace, Trace } from './trace';
import { verdict } from './verdict';
import { validations } from './world';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const seeds = thorough ? [1, 2, 3, 4, 5] : [1];
const scenarios = [...enumerated, ...seeds.flatMap((seed) => randomScenarios(seed, 40))];
const machine = stateMachine(withSubstitutions());

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
  beforeAll(async () => {
    const validated = await validations();
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
      (scenario) => verdict(machine, [scenario], temporal, changed).undeclared.length === 0,
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
});
