/** Changes of the workflow, or of what it alone reads: each makes it another pipeline than the state machine. */
export const workflowMutations = [
  {
    name: 'the letter before the alert',
    file: 'workflows/etlPipeline.ts',
    edits: [
      ['  const notification = isAsked ? await sendNotification(title, outcomeOf(failed), subject) : notAsked;\n', ''],
      [
        '  finish(status, { outcome: failureType, reason,',
        '  const notification = isAsked ? await sendNotification(title, outcomeOf(failed), subject) : notAsked;\n  finish(status, { outcome: failureType, reason,',
      ],
    ],
  },
  {
    name: 'no letter for invalid input',
    file: 'workflows/etlPipeline.ts',
    edits: [["failureType === 'Cancelled'\n", "failureType === 'Cancelled' || failureType === 'InvalidInput'\n"]],
  },
  {
    name: 'invalid input ends as bad data',
    file: 'workflows/etlPipeline.ts',
    edits: [["failure('InvalidInput', validation", "failure('BadData', validation"]],
  },
  {
    name: 'a message that cannot be sent fails the run',
    file: 'workflows/etlPipeline.ts',
    edits: [['    return { error: asFailure(error).message };', '    throw error;']],
  },
  {
    name: 'another backoff',
    file: 'workflows/activities.ts',
    edits: [['backoffCoefficient: retry.backoffRate', 'backoffCoefficient: retry.backoffRate * 1.5']],
  },
  {
    name: 'another longest wait',
    file: 'workflows/activities.ts',
    edits: [['retry.maxIntervalSeconds * 1000', 'retry.maxIntervalSeconds * 2000']],
  },
  {
    name: 'another timeout of an attempt',
    file: 'workflows/activities.ts',
    edits: [['milliseconds(attemptTimeoutSeconds)', 'milliseconds(attemptTimeoutSeconds) * 2']],
  },
  {
    name: 'another bound over all attempts',
    file: 'workflows/activities.ts',
    edits: [['milliseconds(totalTimeoutSeconds)', 'milliseconds(totalTimeoutSeconds) / 2']],
  },
  {
    name: 'half the wait between launches',
    file: 'workflows/transform.ts',
    edits: [['sleep(next.delaySeconds * 1000)', 'sleep(next.delaySeconds * 500)']],
  },
  {
    name: 'a missing commit is a failed task',
    file: 'workflows/confirmed.ts',
    edits: [["failure('CommitMissing'", "failure('TaskFailed'"]],
  },
  {
    name: 'another timeout of the task',
    file: 'workflows/runTask.ts',
    edits: [['withinTime(context.plan, timeoutSeconds * 1000', 'withinTime(context.plan, timeoutSeconds * 2000']],
  },
  {
    name: 'a task that timed out is launched again',
    file: 'workflows/runTask.ts',
    edits: [["failure('Timeout'", "failure('TaskFailed'"]],
  },
  {
    name: 'a service that is away is a failed task',
    file: 'workflows/failures.ts',
    edits: [["return failure('ServiceUnavailable', `", "return failure('TaskFailed', `"]],
  },
  {
    name: 'success is told to the alerts',
    file: 'pipeline/src/messages/compose.ts',
    edits: [['isGood(outcome) ? topics.success', 'isGood(outcome) ? topics.alerts']],
  },
  {
    name: 'the flow forgets a letter',
    file: 'pipeline/src/flow.ts',
    edits: [["done: 'keepFailed', failed: 'keepFailed'", "done: 'failed', failed: 'keepFailed'"]],
  },
];
