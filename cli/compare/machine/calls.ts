import type { StateMachine } from '../../../asl/types';
import type { Execution } from '../../../local/stepFunctions/interpreter';
import type { Side } from '../side';

/** The API call that a resource of a state stands for: `lambda:Invoke` for `arn:aws:states:::lambda:invoke`. */
export function callNameOf(resource: string): string {
  const [service = '', action = ''] = resource.replace('arn:aws:states:::', '').split(/[:.]/);
  return `${service}:${action.charAt(0).toUpperCase()}${action.slice(1)}`;
}

/** An attempt of a state is one call of what it names. What is asked of ECS is left out: it is counted where it is asked. */
export function serviceCalls({ States }: StateMachine, { attempts }: Execution): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state: name } of attempts) {
    const state = States[name];
    if (state?.Type !== 'Task') continue;
    const call = callNameOf(state.Resource);
    if (!call.startsWith('ecs:')) counts[call] = (counts[call] ?? 0) + 1;
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
