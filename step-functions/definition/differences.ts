/** A behaviour that differs between the two engines because their services differ. */
export interface Difference {
  readonly id: string;
  readonly what: string;
  readonly temporal: string;
  readonly stepFunctions: string;
  /** Why the machine cannot behave like the workflow. */
  readonly reason: string;
  /** Evidence: a scenario that both engines run, a test with the id in its name, or documentation. */
  readonly shownBy: 'scenarios' | `test: test/${string}.test.ts` | `documentation: ${string}`;
}

/** Every difference between the workflow and the state machine. test/equivalence allows these and no others. */
export const differences = [
  {
    id: 'retry-classes',
    what: 'Retries of a failed task',
    temporal:
      'depend on the failure type, which determines the budget; bad data, a missing input and a bad configuration are never retried',
    stepFunctions:
      'a launch that is throttled or refused with `failures[]`: by the capacity budget; all others after 60 s and 120 s, whatever the failure',
    reason:
      '`ecs:runTask.sync` fails with `States.TaskFailed` for every task that has ended, and with one name for all `failures[]`; the exit code and the reason are in the cause, which `Retry` cannot read, and so is throttling that is reported as an invalid parameter',
    shownBy: 'scenarios',
  },
  {
    id: 'failure-types',
    what: 'Failure type of a run, in its end, alert and dead letter',
    temporal: 'any type of `pipeline/src/failures/table.ts`',
    stepFunctions:
      '`Timeout`, `TaskFailed`, `CommitMissing`, `Superseded`, `ServiceUnavailable`, or `BadConfiguration` of a function; the reason has the rest',
    reason: 'a `Catch` only knows the name of an error',
    shownBy: 'scenarios',
  },
  {
    id: 'missing-commit',
    what: 'Exit code 0 without a commit',
    temporal: 'the task is relaunched, within the application budget',
    stepFunctions: 'the run fails with `CommitMissing`',
    reason: 'a transition back to an earlier state restarts its `Retry`: only a counter in the data would end the loop',
    shownBy: 'scenarios',
  },
  {
    id: 'last-look',
    what: 'A lost task with no launch left',
    temporal:
      'the commit log is read a last time, as after a timeout: a batch that this run has published is delivered',
    stepFunctions:
      'the run fails; after a timeout of the task the commit log is read, and any commit of exactly this source that readers see is a delivery',
    reason:
      'the final check is for failures that leave it open whether the task has committed, and the machine has one name for all failures but a timeout',
    shownBy: 'scenarios',
  },
  {
    id: 'container-ended',
    what: 'A container that has ended, and a task that ECS does not report STOPPED',
    temporal: 'has delivered once the commit log has its commit, some seconds after its container has ended',
    stepFunctions: 'is waited for until it is STOPPED, or until the timeout of the state',
    reason: '`ecs:runTask.sync` waits for the event that reports the task STOPPED',
    shownBy: 'documentation: AWS Step Functions Developer Guide, "Integrating services", Run a Job (.sync)',
  },
  {
    id: 'jitter',
    what: 'Wait before a relaunch, and before another attempt of a sink',
    temporal: 'up to a tenth longer, or half for a sink, at random',
    stepFunctions: 'exact',
    reason: '`JitterStrategy` only supports `FULL`: any wait from zero to the whole interval',
    shownBy: 'scenarios',
  },
  {
    id: 'sink-waits',
    what: 'Waits for sinks',
    temporal:
      'each sink has its own: a statement is polled at least every 10 s, a failed call is repeated after 1 s, and the next attempt follows after 10 s × 2, at most 300 s',
    stepFunctions:
      'all sinks share the waits of the state, 10 s × 2, at most 300 s: the function polls a statement for a minute and is then invoked again',
    reason: '`Retry` repeats the state as a whole, and a function is paid for while it waits',
    shownBy: 'scenarios',
  },
  {
    id: 'start-timeout',
    what: 'A task that does not start',
    temporal: 'is stopped after 900 s and relaunched, within the infrastructure budget',
    stepFunctions: 'is awaited until the timeout of the state, and the run fails with `Timeout`',
    reason: 'a state has one timeout and cannot distinguish a pending task from a running one',
    shownBy: 'scenarios',
  },
  {
    id: 'stop-after-timeout',
    what: 'A task after its timeout',
    temporal: 'is stopped and seen STOPPED before the run ends',
    stepFunctions:
      'ends itself after its own timeout, which starts with its container: it may publish after the run has failed',
    reason:
      'a stop is only documented for executions that are stopped, and a state that timed out knows no task that it could stop',
    shownBy: 'documentation: AWS Step Functions Developer Guide, "Integrating services", Run a Job (.sync)',
  },
  {
    id: 'total-bound',
    what: 'A call whose attempts fail in different ways',
    temporal: 'has one backoff and one total timeout for all attempts',
    stepFunctions: 'counts timeouts and errors separately, each with its own backoff and without a total timeout',
    reason: 'a state has no total timeout for its attempts, and a retrier counts its own errors',
    shownBy: 'scenarios',
  },
  {
    id: 'compute',
    what: '`compute` in the event',
    temporal: 'sets size, storage, Spot and timeouts of the task',
    stepFunctions: 'is ignored with a warning; the task has the parameters that the machine was generated with',
    reason: 'a reference cannot fall back on a default for the size, storage and strategy of a request',
    shownBy: 'scenarios',
  },
  {
    id: 'lanes',
    what: 'A small file',
    temporal:
      'is converted in the light lane if there is one, in a function or a process; a launch that is killed there continues as a task',
    stepFunctions: 'is converted by a task, with a warning if the event requests the light lane',
    reason: 'the machine was generated with one task and has no routing policy',
    shownBy: 'test: test/step-functions/lambdas/notFollowed.test.ts',
  },
  {
    id: 'spot',
    what: 'Spot capacity lost twice',
    temporal: 'the next launch is on demand',
    stepFunctions: 'the same request is repeated',
    reason: '`Retry` repeats a state without changes',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'memory',
    what: 'A task that ran out of memory',
    temporal: 'is relaunched with more memory',
    stepFunctions: 'the same request is repeated',
    reason: '`Retry` repeats a state without changes',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'shards',
    what: 'A file that several tasks convert together',
    temporal: 'an index, a child workflow for each task, one commit; a lost task is relaunched alone',
    stepFunctions: 'one task converts it, with a warning',
    reason:
      'the machine has one request; a `Map` would need a different environment for each shard, and a transition back to all of them if the commit finds a wider schema',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'approval',
    what: 'A batch held by a quality gate of level `hold`',
    temporal: 'waits for the update `approve`, and is published without another conversion',
    stepFunctions: 'is a failed task: it is retried without effect, then the run fails',
    reason:
      'waiting for an approval needs a task token that a service stores and returns, and the machine has no such service',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'cost-limit',
    what: 'A run with `compute.maxCostUsd`',
    temporal: 'makes no launch that would exceed the limit, and fails with `CostLimit`',
    stepFunctions: 'ignores the limit, with a warning',
    reason:
      '`Retry` repeats a state without a condition, and the machine cannot calculate the cost of a task from its times',
    shownBy: 'test: test/step-functions/lambdas/notFollowed.test.ts',
  },
  {
    id: 'search-attributes',
    what: 'Finding runs by dataset, date, owner, outcome, failure type, rows or cost',
    temporal:
      'a query over search attributes (docs/web-ui.md), and texts of the current step, cost and next step in the Web UI',
    stepFunctions: 'executions are listed by status and name',
    reason: 'an execution has neither indexed attributes nor texts that it can set',
    shownBy: 'documentation: AWS Step Functions API Reference, ListExecutions',
  },
  {
    id: 'one-letter',
    what: 'An event that fails several times, or is delivered after a failure',
    temporal: 'has one dead letter with its latest failure, which the delivery deletes',
    stepFunctions:
      'has a dead letter for each failure, which is kept; `etl dlq` shows and deletes all dead letters of an event together',
    reason: '`sqs:sendMessage` cannot look up a message, and SQS has no search',
    shownBy: 'test: test/cli/dlq.test.ts',
  },
  {
    id: 'lost-worker',
    what: 'Loss of the process that waits for the task',
    temporal: 'another worker continues the wait after a missed heartbeat',
    stepFunctions: 'cannot happen: the service waits',
    reason: 'there is no worker',
    shownBy: 'test: test/system/oneTask.test.ts',
  },
  {
    id: 'cancel',
    what: 'A cancelled run',
    temporal: 'stops its task, sees it STOPPED, cancels the statements of sinks and sends an alert',
    stepFunctions:
      'a stopped execution ends at once, without an alert; the service asks ECS to stop the task and does not wait for it; statements of sinks continue to run',
    reason: 'no state runs after StopExecution',
    shownBy: 'documentation: AWS Step Functions Developer Guide, "Integrating services", Run a Job (.sync)',
  },
  {
    id: 'adoption',
    what: 'A launch whose response was lost',
    temporal: 'has a client token, so its retry finds the same task',
    stepFunctions: 'a retry may start a second task beside the first',
    reason: 'a token built from execution and attempt would need the attempt that was lost',
    shownBy:
      'documentation: Amazon ECS API Reference, RunTask, clientToken; AWS Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks"',
  },
  {
    id: 'resume',
    what: 'Resuming a failed run',
    temporal: 'by a reset to any point of its history, or by a new run that adopts finished parts',
    stepFunctions: 'by a redrive from the failed state within 14 days, or by a new execution',
    reason: 'each engine has its own mechanism',
    shownBy: 'documentation: AWS Step Functions Developer Guide, "Restarting state machine executions with redrive"',
  },
] as const satisfies readonly Difference[];

export type DifferenceId = (typeof differences)[number]['id'];

/** Returns the differences as a Markdown table, for docs/step-functions.md. */
export function differencesTable(): string {
  const rows = differences.map(({ what, temporal, stepFunctions, reason, shownBy }) =>
    [what, temporal, stepFunctions, reason, shownBy].map(cell).join(' | '),
  );
  const head = ['What', 'Temporal', 'Step Functions', 'Why', 'Shown by'];
  return [head.join(' | '), head.map(() => '---').join(' | '), ...rows].map((row) => `| ${row} |`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
