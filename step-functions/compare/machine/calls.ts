import type { StateMachine } from '../../definition/types';
import type { Execution } from '../../interpreter/interpreter';
import type { Side } from '../side';

/** Returns the API call of a state's resource, such as `lambda:Invoke` for `arn:aws:states:::lambda:invoke`. */
export function callNameOf(resource: string): string {
  const [service = '', action = ''] = resource.replace('arn:aws:states:::', '').split(/[:.]/);
  return `${service}:${action.charAt(0).toUpperCase()}${action.slice(1)}`;
}

/**
 * Counts calls by name: an attempt of a state is one call. ECS calls are left out, because the endpoint counts them.
 */
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

/**
 * Returns the invocations of functions. An invocation that its state did not wait for has no known duration and is left
 * out.
 */
export function functionsOf({ attempts }: Execution, memoryMiB: number): Side['functions'] {
  return attempts.flatMap(({ parameters, startedAt, endedAt }) => {
    const name = (parameters as { FunctionName?: string }).FunctionName;
    if (name === undefined || endedAt === undefined) return [];
    return [{ name, seconds: (endedAt - startedAt) / 1000, memoryMiB }];
  });
}
