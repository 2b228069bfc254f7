import { defaults, type Options } from '@etl/pipeline/options';
import { BadDataError } from '../config/failures';
import type { FinishedChunk } from './chunkDraft';

/** Throws when more rows were rejected than the options allow, with every reason counted. */
export function checkRejects(chunks: readonly FinishedChunk[], options: NonNullable<Options['rejects']>): void {
  const rows = sum(chunks.map((chunk) => chunk.rows));
  const rejected = sum(chunks.map((chunk) => chunk.rowsRejected));
  const { maxShare = defaults.rejectsMaxShare, maxRows } = options;
  const why = () => describeRejects(chunks);
  if (maxRows !== undefined && rejected > maxRows) {
    throw new BadDataError(`${rejected} of ${rows} rows rejected, allowed are ${maxRows}: ${why()}`);
  }
  if ((maxRows === undefined || options.maxShare !== undefined) && rejected > rows * maxShare) {
    throw new BadDataError(`${rejected} of ${rows} rows rejected, allowed are ${maxShare * 100} %: ${why()}`);
  }
}

/** `12 too few fields, 3 importe: value is no double`, the most frequent first. */
export function describeRejects(chunks: readonly FinishedChunk[]): string {
  const byReason = countRejects(chunks);
  return Object.entries(byReason)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}

/** Rejected rows by reason. */
export function countRejects(chunks: readonly FinishedChunk[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rejected } of chunks) {
    for (const [reason, count] of Object.entries(rejected)) counts[reason] = (counts[reason] ?? 0) + count;
  }
  return counts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
