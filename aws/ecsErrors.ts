import { TaskRunnerError } from '../activities/ports';
import { serviceError } from './serviceErrors';

/**
 * Errors that ECS returns again for the same request. ECS reports some limits with these codes, too
 * (pipeline/src/causes/refusals.ts).
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

/** Maps an ECS error to our error classes (`serviceError`). */
export function ecsError(operation: string, error: unknown): unknown {
  return serviceError({ what: `ECS ${operation}`, permanent, Permanent: TaskRunnerError }, error);
}

/** Awaits an ECS call and maps its errors (`ecsError`). */
export async function mapEcsErrors<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw ecsError(operation, error);
  }
}
