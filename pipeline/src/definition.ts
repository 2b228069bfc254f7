import type { Budget, Budgets } from './budgets';

/**
 * The pipeline as data: its steps, their timeouts and retries, the queues they run on and the topics they publish to.
 * The workflow takes its activity options from here, and the Step Functions definition is generated from it.
 */

/** Retries of one activity call: for API errors, never for a failed task (see `budgets`). */
export interface RetryPolicy {
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxIntervalSeconds: number;
}

/** `byPlan`: the plan of the run sets the bound (`Timings`). */
export type Bound = number | 'byPlan';

export interface StepDefinition<Attempt extends Bound = Bound, Total extends Bound = Bound> {
  readonly taskQueue: string;
  /** Timeout of one attempt. */
  readonly attemptTimeoutSeconds: Attempt;
  /** Timeout of all attempts, including the waits between them. */
  readonly totalTimeoutSeconds: Total;
  readonly heartbeatSeconds?: number;
  /** `once`: Temporal does not retry an attempt that failed or was lost. */
  readonly retry: RetryPolicy | 'once';
}

/** A step that only this definition bounds, and that Temporal retries. */
export type RetriedStep = StepDefinition<number, number> & { readonly retry: RetryPolicy };

export const workflowTypes = {
  pipeline: 'etlPipeline',
  nightlyBatch: 'nightlyBatch',
  /** One of the tasks that convert a file together: a child workflow of its pipeline. */
  shard: 'convertShard',
  reaper: 'reapTasks',
  /** Applies commits to the sinks of a dataset again. */
  sinkReplay: 'replaySinks',
  /** Alerts about batches that have not started, or are not delivered by their deadline. */
  lateness: 'checkLateness',
} as const;

/**
 * Names of the queries and updates that clients send to a run, and of the signals from activities and the ECS event
 * queue.
 */
export const messageNames = {
  status: 'status',
  taskProgress: 'taskProgress',
  taskStateChanged: 'taskStateChanged',
  /** Signal from a shard to its pipeline. */
  shardProgress: 'shardProgress',
  /** Update of a pipeline or a batch: approves or rejects held data. */
  approve: 'approve',
  /** The same as a signal from a batch to its pipelines. */
  approval: 'approval',
  /** Signal from a pipeline to its batch: the pipeline waits for an approval, or has stopped waiting. */
  fileHeld: 'fileHeld',
  pause: 'pause',
  resume: 'resume',
  setConcurrency: 'setConcurrency',
  retryFile: 'retryFile',
} as const;

/**
 * Workflows and short calls share a queue. Long waits have their own, so that they never starve short calls. Light-lane
 * conversions have a third, with its own rate and concurrency limits. Launches have a fourth: the server limits its
 * rate across all workers and dispatches urgent launches first.
 */
export const taskQueues = { main: 'etl', fargate: 'etl-fargate', light: 'etl-light', launch: 'etl-launch' } as const;

export const topics = { success: 'etl-success', alerts: 'etl-alerts' } as const;
export type Topic = (typeof topics)[keyof typeof topics];

/**
 * Calls whose AWS credentials are rejected or unavailable are retried this long: credentials are renewed, and other
 * workers may have valid ones. Afterwards the run fails as BadConfiguration. A missing permission is never retried.
 */
export const credentials = { retrySeconds: 300 } as const;

export const apiRetry: RetryPolicy = { intervalSeconds: 1, backoffRate: 2, maxIntervalSeconds: 30 };

/** Each name is the name of an activity. */
export const steps = {
  validateInput: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
    totalTimeoutSeconds: 600,
    retry: apiRetry,
  },
  /** Waits in the launch queue for at most `transform.launchQueueSeconds`. */
  launchTask: {
    taskQueue: taskQueues.launch,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 'byPlan',
    retry: apiRetry,
  },
  /**
   * Bounded by the plan's `timeoutSeconds` plus `transform.awaitSlackSeconds`. The heartbeat timeout detects a lost
   * worker.
   */
  awaitTask: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 'byPlan',
    totalTimeoutSeconds: 'byPlan',
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Asks ECS to stop the task and returns when it is STOPPED. A Fargate stop timeout is at most 120 s. */
  stopTask: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 300,
    totalTimeoutSeconds: 1800,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Finds tasks of this workflow that may be running although no launch reported them. */
  findTasks: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 1800,
    retry: apiRetry,
  },
  /** For the reaper: finds all our tasks in the cluster, and whether their workflows have ended. */
  findOrphans: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 600,
    totalTimeoutSeconds: 1800,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /**
   * Converts a small file in the light lane: 15 minutes at most, after up to four minutes of throttling. Each attempt
   * is its own generation, because a lost attempt may still write into the work folder of its generation. The activity
   * receives a cancellation through its heartbeat.
   */
  convertLight: {
    taskQueue: taskQueues.light,
    attemptTimeoutSeconds: 1200,
    totalTimeoutSeconds: 4 * 3600,
    heartbeatSeconds: 15,
    retry: 'once',
  },
  /** Validates and resolves the request of a batch. */
  planBatch: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
    totalTimeoutSeconds: 600,
    retry: apiRetry,
  },
  /** Lists one page of a prefix, with the delivery state of each file. */
  listFiles: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 300,
    totalTimeoutSeconds: 3600,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Waits until one of the pipelines that an earlier run of the batch started has ended. */
  awaitRuns: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 24 * 3600,
    // Longer than any pipeline can run: an approval alone may take a week.
    totalTimeoutSeconds: 30 * 24 * 3600,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Stores the results of a page of files beside the data: a history has no room for all of them. */
  recordResults: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
    totalTimeoutSeconds: 3600,
    retry: apiRetry,
  },
  /** Checks that a file exists which one of several tasks should have written. */
  confirmWork: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 600,
    retry: apiRetry,
  },
  confirmCommit: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 600,
    retry: apiRetry,
  },
  /** Applies a commit to a sink, or submits the statement that does. Waits for appliers of older commits. */
  applySink: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 300,
    totalTimeoutSeconds: 1800,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Polls the statement of a sink. Loading a large batch takes a warehouse minutes. */
  awaitSink: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 6 * 3600,
    totalTimeoutSeconds: 7 * 3600,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  cancelSink: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 300,
    retry: apiRetry,
  },
  /** Lists one page of the commit logs that a replay applies. */
  listSinkWork: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 300,
    totalTimeoutSeconds: 3600,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Finds the batches that deserve an alert about their lateness. */
  findLate: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 300,
    totalTimeoutSeconds: 900,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Records that an alert was sent, so that no later check sends it again. */
  recordLate: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 3600,
    retry: apiRetry,
  },
  /** Records that a check has run, so that a check that no longer runs is noticed. */
  recordCheck: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 600,
    retry: apiRetry,
  },
  notify: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 300,
    retry: apiRetry,
  },
  sendToDeadLetters: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 300,
    retry: apiRetry,
  },
  /**
   * Looks up the search attributes that may be set. A local activity: its result is recorded by the workflow task that
   * sets them.
   */
  registeredAttributes: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 3,
    totalTimeoutSeconds: 5,
    retry: 'once',
  },
  /** Only if a collector is configured. The attempt hands the event to the worker, which sends it in the background. */
  reportLineage: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 5,
    totalTimeoutSeconds: 60,
    retry: 'once',
  },
} as const satisfies Record<string, StepDefinition>;

export type StepName = keyof typeof steps;

/** Steps that are defined as `RetriedStep`. */
export type RetriedStepName = { [Name in StepName]: (typeof steps)[Name] extends RetriedStep ? Name : never }[StepName];

/** Timeouts, rates and intervals of tasks. */
export const transform = {
  /** Timeout of one attempt, from its launch. */
  timeoutSeconds: 3600,
  /** Maximum time that a launch waits for its turn and for a response. The task's timeout starts afterwards. */
  launchQueueSeconds: 6 * 3600,
  /**
   * Launches per second across all workers. Each launch calls ListTasks twice, which uses half of the 20 reads per
   * second that ECS allows an account; the other half is for the calls that poll tasks. RunTask itself allows four
   * times this rate.
   */
  launchesPerSecond: 5,
  /** A task that stays PROVISIONING or PENDING this long is stopped and relaunched. */
  startTimeoutSeconds: 900,
  /** Grace period after which the container stops itself when no worker stops it. */
  selfEndSlackSeconds: 30,
  /** Time for awaitTask beyond the task's own timeout: to stop the task and see it STOPPED. */
  awaitSlackSeconds: 600,
  /**
   * Launches per second of the tasks of one file. RunTask allows 20 requests per second on Fargate (Amazon ECS service
   * quotas); half of them are left to other runs.
   */
  shardStartsPerSecond: 10,
  /** Maximum time that held data waits for an approval. */
  approvalSeconds: 7 * 24 * 3600,
  /** Interval between two polls of a task, while a worker waits for few enough tasks to stay within its call rate. */
  pollSeconds: 1,
  /**
   * Maximum DescribeTasks calls per second of one worker: a fifth of the 20 cluster reads per second that ECS allows an
   * account (docs/limits.md).
   */
  describesPerSecond: 4,
  /**
   * Progress is in the heartbeat details. A task signals it to its workflow at most this many times, at this interval.
   */
  progressUpdates: 4,
  progressUpdateSeconds: 30,
} as const;

/** Budgets for relaunches of a failed task. failures/table.ts maps each failure to its budget. */
export const budgets: Budgets & { readonly sinks: Budget } = {
  /** Waits 60 s, then 120 s; then the run fails. */
  application: { maxRetries: 2, intervalSeconds: 60, backoffRate: 2, maxIntervalSeconds: 3600, jitter: 0.1 },
  infrastructure: { maxRetries: 5, intervalSeconds: 30, backoffRate: 2, maxIntervalSeconds: 300, jitter: 0.25 },
  /** Waits half a day for capacity. */
  capacity: { maxRetries: 150, intervalSeconds: 30, backoffRate: 1.5, maxIntervalSeconds: 300, jitter: 0.5 },
  spot: { maxRetries: 10, intervalSeconds: 10, backoffRate: 2, maxIntervalSeconds: 120, jitter: 0.5 },
  memory: { maxRetries: 3, intervalSeconds: 5, backoffRate: 1, maxIntervalSeconds: 5, jitter: 0.5 },
  /** For a commit that a sink could not apply for a reason that may pass, such as a conflict of transactions. */
  sinks: { maxRetries: 5, intervalSeconds: 10, backoffRate: 2, maxIntervalSeconds: 300, jitter: 0.5 },
  spotLossesBeforeOnDemand: 2,
  maxMemoryMiB: 61_440,
};

/** Source rows per part. */
export const defaultChunkRows = 500_000;
