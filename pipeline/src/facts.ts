import type { FailureType } from './failures/table';
import type { Lane } from './plan';
import type { SinkType } from './sinks/sink';

/** What workflows report for metrics (docs/monitoring.md), each once in the life of a run. */
export type Fact = RunEnded | Delivery | LaunchEnded | SinkApplied;

/** End of a run of the pipeline. A run that was terminated or timed out does not report one. */
export interface RunEnded {
  readonly kind: 'run';
  /** Absent if validation failed before the dataset was known. */
  readonly dataset?: string;
  readonly outcome: 'delivered' | 'already_delivered' | 'failed' | 'cancelled';
  /** Absent for a run that delivered. */
  readonly failureType?: FailureType;
}

/** Delivery of a batch. The run may fail afterwards, if a sink refuses the commit. */
export interface Delivery {
  readonly kind: 'delivery';
  readonly dataset: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Rows of the commit; absent if another run made it. */
  readonly rows?: { readonly read: number; readonly written: number; readonly rejected: number };
}

/** End of one launch. */
export interface LaunchEnded {
  readonly kind: 'launch';
  readonly dataset: string;
  readonly lane: Lane;
  /** Absent for a launch that succeeded. */
  readonly failureType?: FailureType;
  readonly seconds?: number;
  readonly costUsd?: number;
}

/** End of one application of a commit to a sink. `retried`: it failed, and another application follows. */
export interface SinkApplied {
  readonly kind: 'sink';
  readonly dataset: string;
  readonly type: SinkType;
  readonly state: 'applied' | 'retried' | 'failed';
}
