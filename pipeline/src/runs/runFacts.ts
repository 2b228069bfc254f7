import type { Progress } from '../manifest';

/** Temporal's name of the status of a workflow. */
export type WorkflowStatus =
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TERMINATED'
  | 'TIMED_OUT'
  | 'CONTINUED_AS_NEW'
  | (string & {});

/**
 * What Temporal knows of a run. Values of type `unknown` come from workflows of any version and are read leniently: each
 * may be missing.
 */
export interface RunFacts {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: WorkflowStatus;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; absent for an open run. */
  readonly endedAt?: string;
  /** Decoded memo. */
  readonly memo?: Readonly<Record<string, unknown>>;
  /** Decoded first argument: the event, or the request of a batch. */
  readonly input?: unknown;
  /** Decoded result of a completed run. */
  readonly result?: unknown;
  /** Failure of a closed run, as the error class of the client. `unknown` for the same reason. */
  readonly failure?: FailureFacts;
  /** Answer to the query `status`; absent if no worker answered in time. */
  readonly answer?: unknown;
  readonly pending?: readonly PendingCall[];
  /** Newest progress in the heartbeats of the run and its shards. */
  readonly progress?: Progress;
  /** Whether no worker answered the query `status` in time. @default false */
  readonly isUnanswered?: boolean;
}

/** The failure that a run ended with. */
export interface FailureFacts {
  readonly type?: string;
  readonly message: string;
  /** First detail of the failure, see `Evidence`. */
  readonly evidence?: unknown;
}

/** An activity of an open run. */
export interface PendingCall {
  readonly activity: string;
  /** 1, 2, … */
  readonly attempt: number;
  /** ISO 8601: when the next attempt starts; absent while an attempt is running. */
  readonly retryAt?: string;
  /** Failure of the previous attempt. */
  readonly failureType?: string;
  readonly reason?: string;
}
