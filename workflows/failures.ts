import { cut } from '@etl/lib/capped';
import { boundEvidence, type Evidence, noEvidence } from '@etl/pipeline/evidence';
import { type FailureType, failureTypes } from '@etl/pipeline/failures/table';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';

/** Longest message of a failure, in characters. */
const maxReason = 10_000;

/**
 * Creates the failure of a run. Every error that leaves a workflow must be one of these: any other error, or one that
 * is too large, makes Temporal retry the workflow task indefinitely.
 */
export function failure(type: FailureType, reason: string, evidence: Evidence = noEvidence): ApplicationFailure {
  const details = [boundEvidence(evidence)];
  return ApplicationFailure.create({ message: cut(reason, maxReason), type, nonRetryable: true, details });
}

/** Converts any error to a failure with one of our types. Keeps the message of a failed activity. */
export function asFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure && isOurs(error.type)) return error;
  // Cancelling a child does not cancel its parent.
  if (error instanceof ChildWorkflowFailure) return childFailure(error);
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

/**
 * Converts the failure of a child workflow: the child's own failure, or `TaskStopped` if it was cancelled or terminated
 * from outside.
 */
function childFailure({ workflowType, execution, cause, message }: ChildWorkflowFailure): ApplicationFailure {
  if (cause instanceof ApplicationFailure && isOurs(cause.type)) return cause;
  if (cause instanceof CancelledFailure)
    return failure('TaskStopped', `workflow ${execution.workflowId} was cancelled`);
  if (cause instanceof TerminatedFailure)
    return failure('TaskStopped', `workflow ${execution.workflowId} was terminated`);
  return failure('ServiceUnavailable', `${workflowType}: ${cause?.message ?? message}`);
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
