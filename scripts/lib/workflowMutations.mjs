/** Changes to the workflow, or to code that only the workflow uses. Each makes it differ from the state machine. */
export const workflowMutations = [
  {
    name: 'the dead letter is sent before the alert',
    file: 'workflows/etlPipeline.ts',
    edits: [
      [
        '  const notification = isAsked ? await sendNotification(title, outcomeOf(failed), subject, next) : notAsked;\n',
        '',
      ],
      [
        '  await finish(\n    status,\n    subject,',
        '  const notification = isAsked ? await sendNotification(title, outcomeOf(failed), subject, next) : notAsked;\n  await finish(\n    status,\n    subject,',
      ],
    ],
  },
  {
    name: 'no dead letter for invalid input',
    file: 'workflows/etlPipeline.ts',
    edits: [["failureType === 'Cancelled'\n", "failureType === 'Cancelled' || failureType === 'InvalidInput'\n"]],
  },
  {
    name: 'invalid input fails as bad data',
    file: 'workflows/etlPipeline.ts',
    edits: [["failure('InvalidInput', validation", "failure('BadData', validation"]],
  },
  {
    name: 'a failed notification fails the run',
    file: 'workflows/etlPipeline.ts',
    edits: [['    return { error: asFailure(error).message };', '    throw error;']],
  },
  {
    name: 'a different backoff coefficient',
    file: 'workflows/activities.ts',
    edits: [['backoffCoefficient: retry.backoffRate', 'backoffCoefficient: retry.backoffRate * 1.5']],
  },
  {
    name: 'a different maximum interval',
    file: 'workflows/activities.ts',
    edits: [['retry.maxIntervalSeconds * 1000', 'retry.maxIntervalSeconds * 2000']],
  },
  {
    name: 'a different timeout of an attempt',
    file: 'workflows/activities.ts',
    edits: [['milliseconds(attemptTimeoutSeconds)', 'milliseconds(attemptTimeoutSeconds) * 2']],
  },
  {
    name: 'a different total timeout of all attempts',
    file: 'workflows/activities.ts',
    edits: [['milliseconds(totalTimeoutSeconds)', 'milliseconds(totalTimeoutSeconds) / 2']],
  },
  {
    name: 'half the wait between launches',
    file: 'workflows/transform.ts',
    edits: [['sleep(next.delaySeconds * 1000,', 'sleep(next.delaySeconds * 500,']],
  },
  {
    name: 'a missing commit is a failed task',
    file: 'workflows/confirmed.ts',
    edits: [["failure('CommitMissing'", "failure('TaskFailed'"]],
  },
  {
    name: 'a different timeout of the task',
    file: 'workflows/runTask.ts',
    edits: [
      ['withinTime(context, request, timeoutSeconds * 1000', 'withinTime(context, request, timeoutSeconds * 2000'],
    ],
  },
  {
    name: 'a task that timed out is launched again',
    file: 'workflows/runTask.ts',
    edits: [["failure('Timeout'", "failure('TaskFailed'"]],
  },
  {
    name: 'an unavailable service is a failed task',
    file: 'workflows/failures.ts',
    edits: [["return failure('ServiceUnavailable', `", "return failure('TaskFailed', `"]],
  },
  {
    name: 'success is published to the alerts topic',
    file: 'pipeline/src/messages/compose.ts',
    edits: [['isGood(outcome) ? topics.success', 'isGood(outcome) ? topics.alerts']],
  },
  {
    name: 'a sink that fails is not applied again',
    file: 'workflows/sinks.ts',
    edits: [['attempt > stage.budget.maxRetries || !answer.retry', 'attempt > 0 || !answer.retry']],
  },
  {
    name: 'a sink that lacks the commit is a success',
    file: 'workflows/sinks.ts',
    edits: [["  if (behind) throw failure('SinkFailed'", "  if (behind && !batch) throw failure('SinkFailed'"]],
  },
  {
    name: 'the flow omits a dead letter',
    file: 'pipeline/src/flow.ts',
    edits: [["done: 'keepFailed', failed: 'keepFailed'", "done: 'failed', failed: 'keepFailed'"]],
  },
];
