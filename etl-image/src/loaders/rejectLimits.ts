import { defaults, type Options } from '@etl/pipeline/options';
import { BadDataError } from '../config/failures';
import type { FinishedChunk } from './chunkDraft';

type Limits = NonNullable<Options['rejects']>;

/** Throws when more rows were rejected than the options allow, with every reason counted. */
export function checkRejects(chunks: readonly FinishedChunk[], limits: Limits): void {
  checkRejectCount(chunks, limits);
  const { rows, rejected } = count(chunks);
  const { maxShare = defaults.rejectsMaxShare, maxRows } = limits;
  if ((maxRows === undefined || limits.maxShare !== undefined) && rejected > rows * maxShare) {
    throw tooMany(chunks, `${maxShare * 100} %`);
  }
}

/** The same for what cannot become right any more, however many rows there are still to come. */
export function checkRejectCount(chunks: readonly FinishedChunk[], { maxRows }: Limits): void {
  if (maxRows !== undefined && count(chunks).rejected > maxRows) throw tooMany(chunks, String(maxRows));
}

function tooMany(chunks: readonly FinishedChunk[], allowed: string): BadDataError {
  const { rows, rejected } = count(chunks);
  const reasons = describe(addCounts(chunks.map((chunk) => chunk.rejected)));
  return new BadDataError(`${rejected} of ${rows} rows rejected, allowed are ${allowed}: ${reasons}`);
}

function count(chunks: readonly FinishedChunk[]): { rows: number; rejected: number } {
  return {
    rows: chunks.reduce((sum, chunk) => sum + chunk.rows, 0),
    rejected: chunks.reduce((sum, chunk) => sum + chunk.rowsRejected, 0),
  };
}

/** `12 too few fields, 3 importe: value is no double`, the most frequent first. */
function describe(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}

export function addCounts(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const each of counts) {
    for (const [key, count] of Object.entries(each)) sum[key] = (sum[key] ?? 0) + count;
  }
  return sum;
}
