import { TaskRunnerError } from '../activities/ports';
import { serviceError } from './serviceErrors';

/**
 * ECS answers these to a request that it will refuse again. A limit comes as one of them, too (pipeline/src/causes/refusals.ts).
 * @see Amazon ECS API Reference, Errors of RunTask, DescribeTasks, StopTask and ListTasks
 */
const permanent: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'BlockedException',
  'ClientException',
  'ClusterNotFoundException',
  'InvalidParameterException',
  'PlatformTaskDefinitionIncompatibilityException',
  'PlatformUnknownException',
  'UnsupportedFeatureException',
]);

/** Returns what an error of ECS means (`serviceError`). */
export function ecsError(operation: string, error: unknown): unknown {
  return serviceError({ what: `ECS ${operation}`, permanent, Permanent: TaskRunnerError }, error);
}

/** Awaits an ECS call and maps its errors (`ecsError`). */
export async function askedWell<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw ecsError(operation, error);
  }
}
