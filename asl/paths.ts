/** Where things lie in the machine's data. */
export const paths = {
  all: '$',
  /** The answer of `ValidateInput`: `valid`, `batch`, and `plan` with `options`, or `reasons`. */
  validation: '$.validation',
  plan: '$.validation.plan',
  batch: '$.validation.batch',
  task: '$.task',
  /** The answer of `ConfirmCommit`. */
  delivered: '$.delivered',
  notification: '$.notification',
  deadLetter: '$.deadLetter',
  /** Why the commit log has nothing to say after a timeout, which stays the error. */
  late: '$.late',
  /** A caught error as Step Functions gives it: `Error`, and mostly `Cause`. */
  error: '$.error',
  /** What it means: `type`, `reason`, `batch`. */
  failure: '$.failure',
} as const;

/** The context object. Source: AWS Step Functions Developer Guide, "Accessing execution data from the Context object". */
export const context = {
  /** The event as it came, whatever states have made of their data since. */
  event: '$$.Execution.Input',
  executionArn: '$$.Execution.Id',
  executionName: '$$.Execution.Name',
  startedAt: '$$.Execution.StartTime',
  /** 0 for the first attempt. */
  retryCount: '$$.State.RetryCount',
} as const;
