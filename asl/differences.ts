/** Something in which the two engines cannot be made to agree. */
export interface Difference {
  readonly id: string;
  readonly what: string;
  readonly temporal: string;
  readonly stepFunctions: string;
  /** Why the machine cannot do as the workflow does. */
  readonly reason: string;
  /** How it is known: a scenario run by both engines, a test of its own that has the id in its name, or documentation. */
  readonly shownBy: 'scenarios' | `test: test/${string}.test.ts` | `documentation: ${string}`;
}

/** Every difference between the workflow and the state machine. test/equivalence allows these and no other. */
export const differences = [
  {
    id: 'retry-classes',
    what: 'A task that failed is launched again',
    temporal:
      'by the class of its failure, each with a budget of its own; bad data, a missing input and a bad configuration are never tried again',
    stepFunctions:
      'a launch that is throttled or refused with `failures[]`, by the capacity budget; every other one after 60 s and 120 s, whatever it failed of',
    reason:
      '`ecs:runTask.sync` fails with `States.TaskFailed` for a task that has ended, and with one name for all `failures[]`; exit code and reason are in the cause, which `Retry` cannot read, and so is throttling that comes as a bad parameter',
    shownBy: 'scenarios',
  },
  {
    id: 'failure-types',
    what: 'The failure type of a run, in its end, alert and dead letter',
    temporal: 'one of the types of `pipeline/src/failures.ts`',
    stepFunctions:
      '`Timeout`, `TaskFailed`, `CommitMissing`, `Superseded`, `ServiceUnavailable`, or `BadConfiguration` of a function; the rest is in the reason',
    reason: 'a `Catch` knows the name of an error alone',
    shownBy: 'scenarios',
  },
  {
    id: 'missing-commit',
    what: 'Exit code 0, and no commit',
    temporal: 'the task is launched again, within the application budget',
    stepFunctions: 'the run fails as `CommitMissing`',
    reason: 'a way back to an earlier state starts its `Retry` anew: nothing but a counter in the data would end it',
    shownBy: 'scenarios',
  },
  {
    id: 'last-look',
    what: 'A task that was lost, and no launch is left',
    temporal: 'the commit log is asked once more, as after a timeout: a batch that this run has published is delivered',
    stepFunctions:
      'the run fails; after a timeout of the task the commit log is asked, and a commit of exactly this source is a delivery, whoever made it',
    reason:
      'the look is for failures that do not tell whether the task had committed, and the machine has one name for all but a timeout',
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
    what: 'The wait before a new launch',
    temporal: 'is up to a tenth longer, at random',
    stepFunctions: 'is exact',
    reason: 'its `JitterStrategy` knows `FULL` alone: any wait from nothing to the whole',
    shownBy: 'scenarios',
  },
  {
    id: 'start-timeout',
    what: 'A task that does not start',
    temporal: 'is stopped after 900 s and launched again, within the infrastructure budget',
    stepFunctions: 'is waited for until the timeout of the state, and the run fails as `Timeout`',
    reason: 'a state has one timeout, and cannot tell a task that waits from one that works',
    shownBy: 'scenarios',
  },
  {
    id: 'stop-after-timeout',
    what: 'A task whose time is over',
    temporal: 'is stopped and seen STOPPED before the run ends',
    stepFunctions:
      'ends itself when its own time is over, which began with its container: it may publish after the run has failed',
    reason:
      'a stop is documented for executions that are stopped, and a state that timed out knows no task it could stop',
    shownBy: 'documentation: AWS Step Functions Developer Guide, "Integrating services", Run a Job (.sync)',
  },
  {
    id: 'total-bound',
    what: 'A call whose attempts fail in different ways',
    temporal: 'one backoff for all attempts, and one bound of time over them',
    stepFunctions: 'timeouts and errors are counted apart, each with a backoff of its own, and time is not counted',
    reason: 'a state has no bound over its attempts; a retrier counts its own errors',
    shownBy: 'scenarios',
  },
  {
    id: 'wishes',
    what: '`compute` in the event',
    temporal: 'decides size, storage, Spot and timeouts of the task',
    stepFunctions: 'is not followed, with a warning; the task is the one the machine was generated with',
    reason: 'size, storage and strategy of a request have no default that a reference could fall back on',
    shownBy: 'scenarios',
  },
  {
    id: 'lanes',
    what: 'A small file',
    temporal:
      'is converted in the light lane where there is one, a function or a process; a launch that is killed in it goes on as a task',
    stepFunctions: 'is a task as every other, with a warning for an event that asks for the light lane',
    reason: 'the machine was generated with one task, and follows no routing policy',
    shownBy: 'test: test/lambdas/notFollowed.test.ts',
  },
  {
    id: 'spot',
    what: 'Spot capacity that is taken away twice',
    temporal: 'the next launch is on demand',
    stepFunctions: 'the same request is sent again',
    reason: '`Retry` repeats a state as it is',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'memory',
    what: 'A task that ran out of memory',
    temporal: 'is launched again with more',
    stepFunctions: 'the same request is sent again',
    reason: '`Retry` repeats a state as it is',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'shards',
    what: 'A file that several tasks convert together',
    temporal: 'an index, a child workflow for each task, one commit; a task that is lost is launched again alone',
    stepFunctions: 'one task converts it, with a warning',
    reason:
      'the machine has one request; a task of a `Map` would need another environment for each share, and a way back to all of them when the commit finds a wider schema',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'approval',
    what: 'What a quality gate of level `hold` has held',
    temporal: 'waits for the update `approve`, and is published without being converted again',
    stepFunctions: 'is a task that failed: tried again in vain, then the run fails',
    reason:
      'a wait for people is a task token that somebody keeps and answers, and the machine has nobody to give it to',
    shownBy: 'test: test/equivalence/declared.test.ts',
  },
  {
    id: 'one-letter',
    what: 'An event that fails several times, or is delivered after it has failed',
    temporal: 'has one dead letter, with its latest failure, which the delivery removes',
    stepFunctions:
      'has a letter for each failure, which stays; `etl dlq` shows and removes all letters of an event together',
    reason: '`sqs:sendMessage` cannot look for a letter, and SQS cannot search',
    shownBy: 'test: test/cli/dlq.test.ts',
  },
  {
    id: 'lost-worker',
    what: 'Whoever waits for the task is lost',
    temporal: 'another worker takes the wait up after a missed heartbeat',
    stepFunctions: 'cannot happen: the service itself waits',
    reason: 'there is no worker that could be lost',
    shownBy: 'test: test/system/oneTask.test.ts',
  },
  {
    id: 'cancel',
    what: 'A run that is cancelled',
    temporal: 'stops its task, sees it STOPPED and alerts',
    stepFunctions:
      'a stopped execution ends at once, without an alert; the service asks ECS to stop the task, and does not wait for it',
    reason: 'no state runs after StopExecution',
    shownBy: 'documentation: AWS Step Functions Developer Guide, "Integrating services", Run a Job (.sync)',
  },
  {
    id: 'adoption',
    what: 'A launch whose answer was lost',
    temporal: 'has a client token, so that its repetition finds the same task',
    stepFunctions: 'a retry may start a second task beside the first',
    reason: 'a token made of execution and attempt would need the attempt that was lost',
    shownBy:
      'documentation: Amazon ECS API Reference, RunTask, clientToken; AWS Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks"',
  },
  {
    id: 'resume',
    what: 'A failed run is taken up again',
    temporal: 'by a reset to any point of its history, or as a new run that adopts finished parts',
    stepFunctions: 'by a redrive, from the state that failed and within 14 days; or as a new execution',
    reason: 'each engine has its own',
    shownBy: 'documentation: AWS Step Functions Developer Guide, "Restarting state machine executions with redrive"',
  },
] as const satisfies readonly Difference[];

export type DifferenceId = (typeof differences)[number]['id'];

/** The differences as a Markdown table, for docs/step-functions.md. */
export function differencesTable(): string {
  const rows = differences.map(({ what, temporal, stepFunctions, reason, shownBy }) =>
    [what, temporal, stepFunctions, reason, shownBy].map(cell).join(' | '),
  );
  const head = ['What', 'Temporal', 'Step Functions', 'Why', 'Shown by'];
  return [head.join(' | '), head.map(() => '---').join(' | '), ...rows].map((row) => `| ${row} |`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
