import { type Cell, cellOf, type DayFacts } from './cell';
import type { ExpectedBatch } from './expected';

/** `neverStarted`: due, but no run has started. `late`: not delivered by the deadline. */
export const latenessKinds = ['neverStarted', 'late'] as const;

export type LatenessKind = (typeof latenessKinds)[number];

/**
 * Returns the alerts that a batch deserves at a time, in milliseconds since the epoch, whether or not they were raised
 * before. A batch whose failure a run has reported deserves none: a team needs one message about one problem.
 */
export function latenessOf(expected: ExpectedBatch, facts: DayFacts, now: number): LatenessKind[] {
  const cell: Cell = cellOf(expected, facts, now);
  if (facts.runs?.some(({ state, isReported }) => state === 'failed' && isReported)) return [];
  return [
    ...(cell.state === 'missing' ? (['neverStarted'] as const) : []),
    ...(cell.isLate ? (['late'] as const) : []),
  ];
}
