import type { Budgets } from './budgets';

/**
 * The pipeline as data: its steps, their timeouts and retries, the queues they run on and the topics they write to.
 * The workflow reads its activity options from here, and the Step Functions definition is generated from here.
 */

/** Retries of one activity call: for errors of an API, never for a failed task (see `budgets`). */
export interface RetryPolicy {
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxIntervalSeconds: number;
}

/** `byPlan`: the plan of the run bounds it (`Timings`). */
export type Bound = number | 'byPlan';

export interface StepDefinition<Attempt extends Bound = Bound, Total extends Bound = Bound> {
  readonly taskQueue: string;
  /** Of one attempt. */
  readonly attemptTimeoutSeconds: Attempt;
  /** Of all attempts and the waits between them. */
  readonly totalTimeoutSeconds: Total;
  readonly heartbeatSeconds?: number;
  /** `once`: an attempt that failed or was lost is not repeated by Temporal. */
  readonly retry: RetryPolicy | 'once';
}

/** A step that the definition alone bounds, and that Temporal retries. */
export type RetriedStep = StepDefinition<number, number> & { readonly retry: RetryPolicy };

export const workflowTypes = {
  pipeline: 'etlPipeline',
  nightlyBatch: 'nightlyBatch',
  /** One of the tasks that convert a file together: a child of its pipeline. */
  shard: 'convertShard',
  reaper: 'reapTasks',
} as const;

/** What a client may ask a run, what the waiting activity tells it, and what the queue of ECS events tells it. */
export const messageNames = {
  status: 'status',
  taskProgress: 'taskProgress',
  taskStateChanged: 'taskStateChanged',
  /** From a shard to its pipeline. */
  shardProgress: 'shardProgress',
  /** Update of a pipeline or a batch: whether what is held may be published. */
  approve: 'approve',
  /** The same as a signal, from a batch to its pipelines. */
  approval: 'approval',
  /** From a pipeline to its batch: it waits for an approval, or no longer does. */
  fileHeld: 'fileHeld',
  pause: 'pause',
  resume: 'resume',
  setConcurrency: 'setConcurrency',
  retryFile: 'retryFile',
} as const;

/**
 * Workflows and short calls on one queue; long waits on another, so that they never starve the short ones; conversions in
 * the light lane on a third, whose rate and concurrency are limited for themselves; launches on a fourth, whose rate the
 * server keeps for all workers together, the urgent ones first.
 */
export const taskQueues = { main: 'etl', fargate: 'etl-fargate', light: 'etl-light', launch: 'etl-launch' } as const;

export const topics = { success: 'etl-success', alerts: 'etl-alerts' } as const;
export type Topic = (typeof topics)[keyof typeof topics];

/**
 * Calls whose AWS credentials are refused, or not given out, are repeated for so long: credentials are renewed, and other workers
 * may have others. After it the run has failed as BadConfiguration. A missing permission is never retried.
 */
export const credentials = { retrySeconds: 300 } as const;

export const apiRetry: RetryPolicy = { intervalSeconds: 1, backoffRate: 2, maxIntervalSeconds: 30 };

/** The names are those of the activities. */
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
  /** Bounded by `timeoutSeconds` of the plan and `transform.awaitSlackSeconds`. The heartbeat timeout detects a lost worker. */
  awaitTask: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 'byPlan',
    totalTimeoutSeconds: 'byPlan',
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Asks ECS to stop the task and returns when it is STOPPED: a Fargate stop timeout is at most 120 s. */
  stopTask: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 300,
    totalTimeoutSeconds: 1800,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Tasks of this workflow that may be running although no launch has told of them. */
  findTasks: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 30,
    totalTimeoutSeconds: 1800,
    retry: apiRetry,
  },
  /** The reaper's: every task of the cluster that is ours, and whether its workflow has ended. */
  findOrphans: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 600,
    totalTimeoutSeconds: 1800,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /**
   * Converts a small file in the light lane: 15 minutes at most, after up to four minutes of throttling. Each attempt is a generation
   * of its own, because a lost attempt may still write into the work folder of its generation. The activity learns of a cancellation
   * with its heartbeat.
   */
  convertLight: {
    taskQueue: taskQueues.light,
    attemptTimeoutSeconds: 1200,
    totalTimeoutSeconds: 4 * 3600,
    heartbeatSeconds: 15,
    retry: 'once',
  },
  /** Checks what a batch was started with and resolves everything in it. */
  planBatch: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
    totalTimeoutSeconds: 600,
    retry: apiRetry,
  },
  /** One page of a prefix, with what was delivered of it. */
  listFiles: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 300,
    totalTimeoutSeconds: 3600,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** Pipelines that an earlier run of their batch started: returns when one of them has ended. */
  awaitRuns: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 24 * 3600,
    // Longer than any of them lives: a week for an approval alone.
    totalTimeoutSeconds: 30 * 24 * 3600,
    heartbeatSeconds: 30,
    retry: apiRetry,
  },
  /** What became of a page of files, kept beside the data: a history has no room for all of them. */
  recordResults: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
    totalTimeoutSeconds: 3600,
    retry: apiRetry,
  },
  /** Whether a file that a task of several should have left is there. */
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
} as const satisfies Record<string, StepDefinition>;

export type StepName = keyof typeof steps;

/** Steps that are defined as `RetriedStep`. */
export type RetriedStepName = { [Name in StepName]: (typeof steps)[Name] extends RetriedStep ? Name : never }[StepName];

/** How a task is run. */
export const transform = {
  /** One attempt, from its launch. */
  timeoutSeconds: 3600,
  /** A launch may wait so long for its turn and an answer; the timeout counts from then on. */
  launchQueueSeconds: 6 * 3600,
  /**
   * Launches a second of all workers together. Each asks ListTasks twice, which is half of the 20 reads a second that ECS
   * allows an account; the other half is for those who wait. RunTask itself may be called four times as often.
   */
  launchesPerSecond: 5,
  /** A task that is PROVISIONING or PENDING for so long is stopped and launched anew. */
  startTimeoutSeconds: 900,
  /** The container ends itself so much later than it would be stopped: for when nobody stops it. */
  selfEndSlackSeconds: 30,
  /** What awaitTask may take beyond the task's own timeout: stopping it and seeing it STOPPED. */
  awaitSlackSeconds: 600,
  /**
   * Tasks of one file that are launched in a second. RunTask takes 20 requests a second on Fargate (Amazon ECS service
   * quotas); half of them are left to other runs.
   */
  shardStartsPerSecond: 10,
  /** How long what a quality gate holds waits for an approval. */
  approvalSeconds: 7 * 24 * 3600,
  /** Between two looks at a task, while a worker waits for so few that its calls suffice. */
  pollSeconds: 1,
  /**
   * DescribeTasks calls a second of one worker, at most: a fifth of the 20 cluster reads a second that ECS allows an account
   * (docs/limits.md).
   */
  describesPerSecond: 4,
  /** Progress is in heartbeat details; a task signals it to its workflow at most this many times, and so far apart. */
  progressUpdates: 4,
  progressUpdateSeconds: 30,
} as const;

/** What new launches of a failed task may cost. Which failure is paid from which budget: failures.ts. */
export const budgets: Budgets = {
  /** 60 s, then 120 s, then the run has failed. */
  application: { maxRetries: 2, intervalSeconds: 60, backoffRate: 2, maxIntervalSeconds: 3600, jitter: 0.1 },
  infrastructure: { maxRetries: 5, intervalSeconds: 30, backoffRate: 2, maxIntervalSeconds: 300, jitter: 0.25 },
  /** Half a day of waiting for room. */
  capacity: { maxRetries: 150, intervalSeconds: 30, backoffRate: 1.5, maxIntervalSeconds: 300, jitter: 0.5 },
  spot: { maxRetries: 10, intervalSeconds: 10, backoffRate: 2, maxIntervalSeconds: 120, jitter: 0.5 },
  memory: { maxRetries: 3, intervalSeconds: 5, backoffRate: 1, maxIntervalSeconds: 5, jitter: 0.5 },
  spotLossesBeforeOnDemand: 2,
  maxMemoryMiB: 61_440,
};

/** Source rows a part. */
export const defaultChunkRows = 500_000;
