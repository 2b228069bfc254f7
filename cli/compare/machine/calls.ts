import type { StateMachine } from '../../../asl/types';
import type { Execution } from '../../../local/stepFunctions/interpreter';
import type { Side } from '../side';

/** As `lambda:Invoke`; what a task asks of ECS is counted where it is asked. */
const callNames: Readonly<Record<string, string>> = {
  'arn:aws:states:::lambda:invoke': 'lambda:Invoke',
  'arn:aws:states:::sns:publish': 'sns:Publish',
  'arn:aws:states:::sqs:sendMessage': 'sqs:SendMessage',
};

/** An attempt of a state is one call of what it names. */
export function serviceCalls({ States }: StateMachine, { attempts }: Execution): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state: name } of attempts) {
    const state = States[name];
    const call = state?.Type === 'Task' ? callNames[state.Resource] : undefined;
    if (call !== undefined) counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}

/** The invocations of functions. One that its state did not wait for has no length that is known, and is left out. */
export function functionsOf({ attempts }: Execution, memoryMiB: number): Side['functions'] {
  return attempts.flatMap(({ parameters, startedAt, endedAt }) => {
    const name = (parameters as { FunctionName?: string }).FunctionName;
    if (name === undefined || endedAt === undefined) return [];
    return [{ name, seconds: (endedAt - startedAt) / 1000, memoryMiB }];
  });
}
