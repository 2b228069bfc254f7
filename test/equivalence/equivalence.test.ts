import { budgets } from '@etl/pipeline/definition';
import { stateMachine } from '../../asl/machine';
import { withSubstitutions } from '../../asl/settings';
import { Rig } from '../support/rig';
import { thorough } from '../support/thorough';
import { oddLaunchWaits } from './classes';
import { shownIds } from './declared';
import { enumerated, randomScenarios } from './scenarios';
import { runOnStepFunctions } from './stepFunctions';
import { runOnTemporal, type TemporalRun } from './temporal';
import type { Trace } from './trace';
import { verdict } from './verdict';
import { validations } from './world';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const seeds = thorough ? [1, 2, 3, 4, 5] : [1];
const scenarios = [...enumerated, ...seeds.flatMap((seed) => randomScenarios(seed, 40))];
const machine = stateMachine(withSubstitutions());

withServer(`the workflow and the state machine, run side by side; at random by ${seeds.join(', ')}`, () => {
  let temporal: ReadonlyMap<string, TemporalRun>;
  let stepFunctions: ReadonlyMap<string, Trace>;
  beforeAll(async () => {
    const validated = await validations();
    stepFunctions = await runOnStepFunctions(machine, scenarios, validated);
    const rig = await Rig.start();
    try {
      temporal = await runOnTemporal(rig, scenarios, validated);
    } finally {
      await rig.stop();
    }
  }, 300_000);

  test('there are at least 200 of them, no two of one name', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
    expect(scenarios.length).toBeGreaterThanOrEqual(200);
  });

  test('they differ in what is declared, and in nothing else', () => {
    expect(verdict(machine, scenarios, temporal, stepFunctions).undeclared).toEqual([]);
  });

  test('every difference that scenarios are said to show is met', () => {
    const { met } = verdict(machine, scenarios, temporal, stepFunctions);
    expect(shownIds.filter((id) => !met.has(id))).toEqual([]);
  });

  test('the server waits between attempts as the history says, the workflow between launches as the budgets say', () => {
    const odd = scenarios.flatMap((scenario) => {
      const run = temporal.get(scenario.name) as TemporalRun;
      return [...run.oddWaits, ...oddLaunchWaits(scenario, run.trace, budgets)].map(
        (what) => `${scenario.name}: ${what}`,
      );
    });
    expect(odd).toEqual([]);
  });
});
