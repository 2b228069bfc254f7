import { stateMachine } from '../../step-functions/definition/machine';
import { withSubstitutions } from '../../step-functions/definition/settings';
import { expectedTrace } from './expected';
import { enumerated, randomScenarios } from './scenarios';
import { runOnStepFunctions } from './stepFunctions';
import { validations } from './world';

test('the machine follows the definition in every scenario', async () => {
  const scenarios = [...enumerated, ...randomScenarios(1, 40)];
  const validated = await validations();
  const traces = await runOnStepFunctions(stateMachine(withSubstitutions()), scenarios, validated);
  const isValid = ({ event }: (typeof scenarios)[number]) => validated.get(event)?.activity.valid === true;
  for (const scenario of scenarios) {
    expect([scenario.name, traces.get(scenario.name)]).toEqual([
      scenario.name,
      expectedTrace(scenario, isValid(scenario)),
    ]);
  }
});
