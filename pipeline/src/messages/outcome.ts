import type { BatchSummary } from '../batch/summary';
import type { LateAlert } from '../calendar/lateAlert';
import type { Topic } from '../definition';
import type { Evidence } from '../evidence';
import type { FailureType } from '../failures/table';
import type { Totals } from '../manifest';
import type { OutcomeCounts } from '../quality/results';
import type { AppliedSink } from '../sinks/outcome';

/** How a run or a batch ended, as the workflow reports it. */
export type Outcome =
  | {
      readonly kind: 'success';
      readonly totals: Totals;
      readonly parts: number;
      readonly published: string;
      /** Outcomes of the quality rules; absent without rules. */
      readonly quality?: OutcomeCounts;
      /** Sinks to which the commit was applied; absent if there are none. */
      readonly sinks?: readonly AppliedSink[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly reasons: readonly string[] }
  /** A quality gate waits for an approval until `until` (ISO 8601): the run has not ended. */
  | { readonly kind: 'held'; readonly reason: string; readonly until: string }
  | {
      readonly kind: 'failure' | 'cancelled';
      readonly failureType: FailureType;
      readonly reason: string;
      readonly evidence: Evidence;
    }
  /** A scheduled batch has not started, or is not delivered by its deadline. */
  | LateOutcome
  | BatchOutcome;

/** Run and batch of a message. An event that could not be read may lack any field of the batch. */
export interface Subject {
  readonly workflowId: string;
  readonly runId: string;
  readonly batchDate?: string;
  readonly dataset?: string;
  readonly source?: string;
  /** Team that is responsible for the dataset, if its declaration names one. */
  readonly owner?: string;
}

/**
 * A notification. SNS requires a subject in ASCII, under 100 characters, without line breaks. Programs read the
 * attributes.
 */
export interface Message {
  readonly topic: Topic;
  readonly subject: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** How a batch ended: `empty` found no file, `tooFew` found fewer files than required. */
export type BatchEnd = 'delivered' | 'incomplete' | 'empty' | 'tooFew' | 'cancelled' | 'failed';

/** Outcome of a batch. */
export interface BatchOutcome {
  readonly kind: 'batch';
  readonly ended: BatchEnd;
  /** With the placeholders of the day unresolved. */
  readonly prefix: string;
  readonly summary: BatchSummary;
  readonly failureType?: string;
  /** Why the batch could not continue, or found too few files. */
  readonly reason?: string;
}

/** `kind` as in the alert. */
export type LateOutcome = Pick<LateAlert, 'kind' | 'state' | 'startsAt' | 'deadlineAt'>;
