/** Paths in the machine's data. */
export const paths = {
  all: '$',
  /** The result of `ValidateInput`: `valid`, `batch`, and `plan` with `options`, or `reasons`. */
  validation: '$.validation',
  plan: '$.validation.plan',
  batch: '$.validation.batch',
  task: '$.task',
  /** The results of `ConfirmCommit`, as `answer`, and of `ApplySinks`, as `sinks.outcomes`: empty without sinks. */
  delivered: '$.delivered',
  notification: '$.notification',
  deadLetter: '$.deadLetter',
  /** Why the commit log could not be read after a timeout. The timeout remains the error. */
  late: '$.late',
  /** A caught error from Step Functions: `Error`, and usually `Cause`. */
  error: '$.error',
  /** The meaning of the error: `type`, `reason`, `batch`. */
  failure: '$.failure',
} as const;

/**
 * Paths into the context object.
 * @see AWS Step Functions Developer Guide, "Accessing execution data from the Context object"
 */
export const context = {
  /** The original event, unchanged by the states. */
  event: '$$.Execution.Input',
  executionArn: '$$.Execution.Id',
  executionName: '$$.Execution.Name',
  startedAt: '$$.Execution.StartTime',
  /** 0 in the first attempt. */
  retryCount: '$$.State.RetryCount',
} as const;
