import type { Launch } from './launches';
import type { Progress } from './manifest';
import type { Routing } from './plan';

/** What a run is doing now: the answer to the query `status`. */
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
    | 'notify'
    | 'alert'
    | 'done';
  /** 1, 2, …: which launch of the task. */
  readonly generation?: number;
  /** What the launch is for, where it is not the whole conversion: `index`, `shard 3/8`, `commit`. */
  readonly purpose?: string;
  /** How many of the tasks that convert the file together have done their part. */
  readonly shards?: ShardCount;
  readonly taskArn?: string;
  readonly progress?: Progress;
  /** Launches that have ended, the latest last: fifty at most. */
  readonly launches?: readonly Launch[];
  /** Why it runs where it runs, and what is expected of it. */
  readonly routing?: Routing;
  /** Why the run waits, or how it ended. */
  readonly note?: string;
  /** How to answer for a run that waits. */
  readonly answers?: readonly Answer[];
}

/** A command, and what it does: `Approve`. */
export interface Answer {
  readonly what: string;
  readonly command: string;
}

export interface ShardCount {
  readonly done: number;
  readonly of: number;
}

/**
 * Heartbeat details of the activity that waits for a task (`awaitTask`) or converts in the light lane (`convertLight`). They are
 * fresh every few seconds, and cost the run's history nothing.
 */
export interface TaskHeartbeat {
  readonly generation: number;
  /** Absent in the light lane. */
  readonly taskArn?: string;
  /** The task's last status in ECS. */
  readonly status?: string;
  /** Absent until the conversion has written it. */
  readonly progress?: Progress;
  /** How long the task has been waited for, in seconds, by all attempts together. Absent in the light lane. */
  readonly waitedSeconds?: number;
}

/** How far the task of one generation is: the signal `taskProgress`, at most four times a task. */
export interface TaskProgress {
  readonly generation: number;
  readonly progress: Progress;
}

/** How far one of the tasks is that convert a file together: the signal `shardProgress`. */
export interface ShardProgress {
  /** 1, 2, … */
  readonly number: number;
  readonly progress: Progress;
}

/** ECS says that a task has changed: the signal `taskStateChanged`. */
export interface TaskStateChange {
  readonly taskArn: string;
  readonly lastStatus: string;
}
