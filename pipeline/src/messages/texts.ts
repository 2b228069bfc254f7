import type { OutcomeCounts } from '../quality/results';
import type { BatchEnd } from './outcome';

/** Texts of notifications in one language. A language is a file beside this one and a row in `languages.ts`. */
export interface MessageTexts {
  /** Stands for a value that an unreadable event lacks. */
  readonly unknown: string;
  /** First line of the body. Readers may rely on it: both engines send exactly this line. */
  readonly firstLines: {
    readonly success: (batchDate: string) => string;
    readonly invalid: () => string;
    readonly held: (batchDate: string) => string;
    readonly failure: (failureType: string) => string;
    readonly neverStarted: (batchDate: string) => string;
    readonly late: (batchDate: string) => string;
  };
  /** Subject, for a batch such as `ventas 2026-02-08`. Letters outside ASCII lose their accents. */
  readonly titles: {
    readonly success: (batch: string) => string;
    readonly invalid: (batch: string) => string;
    readonly held: (batch: string) => string;
    readonly failure: (batch: string, failureType: string) => string;
    readonly neverStarted: (batch: string) => string;
    readonly late: (batch: string) => string;
  };
  /** First line and subject of the message of a batch of files. */
  readonly batch: Readonly<Record<BatchEnd, (facts: BatchFacts) => string>>;
  readonly days: (from: string, to: string) => string;
  /** Last line of a truncated list. */
  readonly more: (count: number) => string;
  /** Outcomes of the quality rules. */
  readonly quality: (counts: OutcomeCounts) => string;
  readonly labels: Readonly<Record<Label, string>>;
}

export interface BatchFacts {
  readonly days: string;
  readonly files: number;
  readonly found: number;
  readonly missed: number;
  readonly failureType: string;
}

/** Label of a line of a message. */
export type Label =
  | 'batchDate'
  | 'dataset'
  | 'owner'
  | 'source'
  | 'run'
  | 'link'
  | 'reason'
  | 'deadline'
  | 'scheduled'
  | 'state'
  | 'next'
  | 'command'
  | 'failureType'
  | 'task'
  | 'launch'
  | 'exitCode'
  | 'stoppedReason'
  | 'console'
  | 'launches'
  | 'log'
  | 'rowsRead'
  | 'rowsWritten'
  | 'rowsBlank'
  | 'rowsRejected'
  | 'datesCoerced'
  | 'quality'
  | 'parts'
  | 'data'
  | 'sink'
  | 'warning'
  | 'prefix'
  | 'files'
  | 'delivered'
  | 'skipped'
  | 'invalid'
  | 'failed'
  | 'cancelled'
  | 'cost'
  | 'results'
  | 'notDelivered';
