import { type Evidence, noEvidence } from '@etl/pipeline/evidence';
import { type FailureType, failureTypes } from '@etl/pipeline/failures';
import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';

/** Every error that leaves a workflow is one of these: any other makes Temporal retry the workflow task for ever. */
export function failure(type: FailureType, reason: string, evidence: Evidence = noEvidence): ApplicationFailure {
  return ApplicationFailure.create({ message: reason, type, nonRetryable: true, details: [evidence] });
}

/** Any error as a failure with a type of ours; what an activity failed of is told in its own words. */
export function asFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure && isOurs(error.type)) return error;
  if (isCancellation(error)) return failure('Cancelled', 'the run was cancelled');
  if (error instanceof ActivityFailure) {
    const { cause } = error;
    if (cause instanceof ApplicationFailure && isOurs(cause.type)) return failure(cause.type, cause.message);
    const why =
      cause instanceof TimeoutFailure ? `timed out (${cause.timeoutType})` : (cause?.message ?? error.message);
    return failure('ServiceUnavailable', `${error.activityType}: ${why}`);
  }
  return failure('ServiceUnavailable', error instanceof Error ? error.message : String(error));
}

export function failureTypeOf(error: ApplicationFailure): FailureType {
  return isOurs(error.type) ? error.type : 'ServiceUnavailable';
}

export function evidenceIn(error: ApplicationFailure): Evidence {
  const [details] = error.details ?? [];
  return { ...noEvidence, ...(details as Partial<Evidence> | undefined) };
}

function isOurs(type: string | null | undefined): type is FailureType {
  return typeof type === 'string' && Object.hasOwn(failureTypes, type);
}
