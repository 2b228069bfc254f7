import type { EndTexts } from './endOfRun';
import type { FailureType } from './failures/table';
import type { Launch } from './launches';
import type { Batch } from './layout';
import type { Progress } from './manifest';
import type { Routing } from './plan';

/** Current state of a run: the result of the query `status`. */
export interface RunStatus {
  readonly step:
    | 'validate'
    | 'launch'
    | 'transform'
    | 'stop'
    | 'wait'
    | 'confirm'
    | 'shards'
    | 'held'
    | 'sinks'
    | 'notify'
    | 'alert'
    | 'done';
  /** Set by validation. An invalid event may lack fields. */
  readonly batch?: Partial<Batch>;
  /** 1, 2, …: number of the launch. */
  readonly generation?: number;
  /** Purpose of a launch that is not the whole conversion: `index`, `shard 3/8`, `commit`. */
  readonly purpose?: string;
  /** Number of the tasks that convert the file together which have finished. */
  readonly shards?: ShardCount;
  readonly taskArn?: string;
  readonly progress?: Progress;
  /** Ended launches, the latest last: fifty at most. */
  readonly launches?: readonly Launch[];
  /** Reasons for the route of the run, and its estimate. */
  readonly routing?: Routing;
  /** Failure type of the run, once it has failed. */
  readonly failureType?: FailureType;
  /** How the run ended; absent while it is open. */
  readonly end?: EndTexts;
  /** Why the run waits, or how it ended. */
  readonly note?: string;
  /** When the next launch starts, in ISO 8601: with the step `wait`. */
  readonly retryAt?: string;
  /** Commands that answer a waiting run. */
  readonly answers?: readonly Answer[];
}

/** A command and its effect: `Approve`. */
export interface Answer {
  readonly what: string;
  readonly command: string;
}

export interface ShardCount {
  readonly done: number;
  readonly of: number;
}

/**
 * Heartbeat details of the activity that waits for a task (`awaitTask`) or converts in the light lane (`convertLight`).
 * They are updated every few seconds and do not grow the run's history.
 */
export interface TaskHeartbeat {
  readonly generation: number;
  /** Absent in the light lane. */
  readonly taskArn?: string;
  /** Last ECS status of the task. */
  readonly status?: string;
  /** Absent until the conversion has written it. */
  readonly progress?: Progress;
  /** Seconds that all attempts together have waited for the task. Absent in the light lane. */
  readonly waitedSeconds?: number;
}

/** Progress of the task of one generation: the signal `taskProgress`, at most four times per task. */
export interface TaskProgress {
  readonly generation: number;
  readonly progress: Progress;
}

/** Progress of one of the tasks that convert a file together: the signal `shardProgress`. */
export interface ShardProgress {
  /** 1, 2, … */
  readonly number: number;
  readonly progress: Progress;
}

/** State change of a task, reported by ECS: the signal `taskStateChanged`. */
export interface TaskStateChange {
  readonly taskArn: string;
  readonly lastStatus: string;
}
