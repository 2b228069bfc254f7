import { classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, inWords } from '@etl/pipeline/causes/causeOf';
import { TaskRunnerError, ThrottledError } from '../activities/ports';

/** ECS answers these to a request it will refuse again: nothing to repeat, something to mend. */
const permanent = new Set([
  'AccessDeniedException',
  'BlockedException',
  'ClientException',
  'ClusterNotFoundException',
  'InvalidParameterException',
  'PlatformTaskDefinitionIncompatibilityException',
  'PlatformUnknownException',
  'UnrecognizedClientException',
  'UnsupportedFeatureException',
]);

const throttling = new Set(['ThrottlingException', 'Throttling', 'RequestLimitExceeded', 'TooManyRequestsException']);

/** What an error of ECS means: a `ThrottledError`, a `TaskRunnerError`, or the error as it is. */
export function ecsError(operation: string, error: unknown): unknown {
  const { name, message } = error as Error;
  // Throttling comes disguised as a bad parameter too; its message tells.
  if (throttling.has(name) || (permanent.has(name) && /rate exceeded|throttl/i.test(message))) {
    return new ThrottledError(`ECS throttles ${operation}: ${name}: ${message}`, { cause: error });
  }
  const cause = causeOf(error);
  if (cause && classOfKind(cause.kind) === 'BadConfiguration') {
    return new TaskRunnerError(`ECS ${operation} failed: ${inWords(cause)}`, { cause: error });
  }
  if (permanent.has(name)) {
    return new TaskRunnerError(`ECS refused ${operation}: ${name}: ${message}`, { cause: error });
  }
  return error;
}

/** An answer of ECS. Throws its errors as what they mean (`ecsError`). */
export async function askedWell<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw ecsError(operation, error);
  }
}
