import { npxCommand } from '../command';
import type { LatenessKind } from './alerts';
import type { CellState } from './cell';

/** An alert about a batch that has not started, or is late. Times are ISO 8601. */
export interface LateAlert {
  readonly kind: LatenessKind;
  readonly dataset: string;
  readonly batchDate: string;
  readonly state: CellState;
  /** Scheduled start. */
  readonly startsAt: string;
  readonly deadlineAt?: string;
  /** Team that is responsible for the dataset. */
  readonly owner?: string;
}

/** Record of the last check for late batches, beside the data: readable without Temporal. */
export interface LastCheck {
  /** ISO 8601. */
  readonly at: string;
  /** Interval of the schedule; absent for a check without a schedule. */
  readonly everyMinutes?: number;
  readonly batches: number;
  /** Alerts that the check has sent. */
  readonly sent: number;
  /** Datasets whose batches could not be read. */
  readonly unread: readonly string[];
}

/** Returns the command that follows an alert. */
export function lateCommand(kind: LatenessKind, dataset: string, batchDate: string): string {
  if (kind === 'neverStarted') return npxCommand(...batchArgs(dataset, batchDate));
  return npxCommand('status', '--dataset', dataset, '--date', batchDate);
}

/** Returns the arguments of the command that starts the batch of a day. */
export function batchArgs(dataset: string, batchDate: string): readonly string[] {
  return ['batch', '--dataset', dataset, '--date', batchDate];
}

/** Missed intervals after which the check counts as stopped. */
export const toleratedIntervals = 3;

/** Returns whether a check has not run for `toleratedIntervals`. `now`: milliseconds since the epoch. */
export function hasStopped({ at, everyMinutes }: LastCheck, now: number): boolean {
  return everyMinutes !== undefined && now - Date.parse(at) > toleratedIntervals * everyMinutes * 60_000;
}
