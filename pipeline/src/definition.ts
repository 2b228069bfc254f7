/**
 * The pipeline as data: its steps, their timeouts and retries, the queues they run on and the topics they write to.
 * The workflow reads its activity options from here, and the Step Functions definition is generated from here.
 */

/** Retries of one activity call: for errors of an API, never for a failed task (see `relaunch`). */
export interface RetryPolicy {
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxIntervalSeconds: number;
}

export interface StepDefinition {
  readonly taskQueue: string;
  /** One attempt. */
  readonly attemptTimeoutSeconds: number;
  /** All attempts and the waits between them: after this the call has failed. */
  readonly totalTimeoutSeconds: number;
  readonly heartbeatSeconds?: number;
  readonly retry: RetryPolicy;
}

export const workflowTypes = { pipeline: 'etlPipeline' } as const;

/** What a client may ask a run, and what the waiting activity tells it. */
export const messageNames = { status: 'status', taskProgress: 'taskProgress' } as const;

/** Workflows and short calls on one queue; long waits on another, so that they never starve the short ones. */
export const taskQueues = { main: 'etl', fargate: 'etl-fargate' } as const;

export const topics = { success: 'etl-success', alerts: 'etl-alerts' } as const;
export type Topic = (typeof topics)[keyof typeof topics];

const apiRetry: RetryPolicy = { intervalSeconds: 1, backoffRate: 2, maxIntervalSeconds: 30 };

/** The names are those of the activities. */
export const steps = {
  validateInput: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
    totalTimeoutSeconds: 600,
    retry: apiRetry,
  },
  launchTask: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
    totalTimeoutSeconds: 900,
    retry: apiRetry,
  },
  /** Bounded by the plan: `transform.timeoutSeconds` and `awaitSlackSeconds`. The heartbeat bounds a lost worker. */
  awaitTask: {
    taskQueue: taskQueues.fargate,
    attemptTimeoutSeconds: 0,
    totalTimeoutSeconds: 0,
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
  confirmCommit: {
    taskQueue: taskQueues.main,
    attemptTimeoutSeconds: 60,
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

/** How a task is run. `relaunch` counts failed tasks, not API calls: 60 s, then 120 s, then the run has failed. */
export const transform = {
  timeoutSeconds: 3600,
  /** What awaitTask may take beyond the task's own timeout: stopping it and seeing it STOPPED. */
  awaitSlackSeconds: 600,
  pollSeconds: 5,
  relaunch: { intervalSeconds: 60, maxRetries: 2, backoffRate: 2 },
  /** The signals that carry progress into the workflow are at least this far apart, and at most 20 a task. */
  progressShare: 0.05,
} as const;

/** Source rows a part. */
export const defaultChunkRows = 500_000;

/** Seconds to wait before relaunch number `retry` (1, 2, …); undefined once the retries are used up. */
export function relaunchDelaySeconds(
  policy: { intervalSeconds: number; maxRetries: number; backoffRate: number },
  retry: number,
): number | undefined {
  if (retry > policy.maxRetries) return undefined;
  return policy.intervalSeconds * policy.backoffRate ** (retry - 1);
}
