import type { Launch } from '../launches';
import type { Batch } from '../layout';
import type { Progress } from '../manifest';
import type { SinkOutcome } from '../sinks/outcome';

export type RunOutcome = 'running' | 'held' | 'delivered' | 'failed' | 'cancelled' | 'terminated' | 'timedOut';

/** A run as an operator sees it: what it processes, how it goes or went, what it cost, and what comes next. */
export interface RunView {
  readonly kind: 'file' | 'batch';
  readonly workflowId: string;
  readonly runId: string;
  /** As far as it is known: an invalid event may lack any of them. */
  readonly batch: Partial<Batch>;
  /** `ventas 2026-02-08 norte`; the workflow ID when the batch is unknown. */
  readonly title: string;
  /** URI of the source file, without credentials; absent for a batch, and where only the memo was read. */
  readonly file?: string;
  readonly outcome: RunOutcome;
  /** Current step, or the step in which the run failed. */
  readonly step?: string;
  /** Number of the launch that runs or failed: 1, 2, … */
  readonly launch?: number;
  /** Attempt of the call that is being retried: 1, 2, … */
  readonly attempt?: number;
  /** Failure type of a run that failed, or of the call or launch that is being retried. */
  readonly failureType?: string;
  /** Why the run failed, is held or waits. */
  readonly reason?: string;
  /** The reasons one by one, if there are several. */
  readonly reasons: readonly string[];
  /** Why ECS stopped the task, or did not start it. */
  readonly stopReason?: string;
  readonly exitCode?: number;
  readonly taskArn?: string;
  /** URL of the task in the AWS console. */
  readonly console?: string;
  /** Last lines of the container's log, oldest first. */
  readonly logTail: readonly string[];
  /** What comes next; absent for a run that delivered. */
  readonly next?: Next;
  /** Latest launches, oldest first. */
  readonly launches: readonly Launch[];
  /** Estimated cost in US dollars; absent when no launch has a separate cost. */
  readonly costUsd?: number;
  readonly rows?: RowCounts;
  /** Progress of an open run. */
  readonly progress?: Progress;
  /** Number of the tasks that convert the file together which have finished. */
  readonly shards?: { readonly done: number; readonly of: number };
  /** Files of a batch by outcome. */
  readonly files?: Readonly<Record<string, number>>;
  /** Files of a batch that were not delivered, up to ten. */
  readonly problems: readonly RunView[];
  /** URI of the published batch. */
  readonly published?: string;
  /** The source was delivered before, so nothing was launched. */
  readonly alreadyDelivered?: true;
  /** Whether the event went to the dead-letter queue. */
  readonly hasDeadLetter: boolean;
  readonly sinks: readonly SinkOutcome[];
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; absent for an open run. */
  readonly endedAt?: string;
}

export interface RowCounts {
  readonly read?: number;
  readonly written: number;
  readonly rejected: number;
}

/** Returns whether the run has ended without delivering its data. */
export const hasFailed = ({ outcome }: Pick<RunView, 'outcome'>): boolean =>
  !['running', 'held', 'delivered'].includes(outcome);

/** What comes next for a run. */
export type Next =
  /** The run tries again by itself. `at`: ISO 8601; absent when the time is unknown. */
  | { readonly kind: 'retry'; readonly at?: string }
  /** An operator acts. `why`: imperative sentence without a period, to follow before the command. */
  | { readonly kind: 'command'; readonly command: string; readonly why: string }
  /** The run goes on by itself. `for`: what it waits for. */
  | { readonly kind: 'wait'; readonly for: string };
