import { defaults } from '@etl/pipeline/optionDefaults';
import type { Options } from '@etl/pipeline/options';
import { reasons } from '../engine/engine';
import { BadDataError } from '../errors';
import type { FinishedChunk } from './chunkDraft';

type Limits = NonNullable<Options['rejects']>;

/** Returns a message with the counted reasons if more rows were rejected than the options allow, else undefined. */
export function tooManyRejects(chunks: readonly FinishedChunk[], limits: Limits): string | undefined {
  const { rows, rejected } = count(chunks);
  const { maxShare = defaults.rejectsMaxShare, maxRows } = limits;
  if (maxRows !== undefined && rejected > maxRows) return tooMany(chunks, String(maxRows));
  const byShare = maxRows === undefined || limits.maxShare !== undefined;
  return byShare && rejected > rows * maxShare ? tooMany(chunks, `${maxShare * 100} %`) : undefined;
}

/**
 * Checks the number of rejects during the conversion, so that it fails early. With level `hold` it continues, because
 * an operator may approve the batch.
 *
 * @throws {BadDataError} if `maxRows` is already exceeded
 */
export function checkRejectCount(chunks: readonly FinishedChunk[], { maxRows, level }: Limits): void {
  if (maxRows === undefined || level === 'hold') return;
  if (count(chunks).rejected > maxRows) throw new BadDataError(tooMany(chunks, String(maxRows)));
}

function tooMany(chunks: readonly FinishedChunk[], allowed: string): string {
  const { rows, rejected } = count(chunks);
  const why = describe(addCounts(chunks.map((chunk) => chunk.rejected)));
  return `${rejected} of ${rows} rows rejected, at most ${allowed} allowed: ${why}`;
}

/** Counts rows and rejects, without repeated headers, which are not rows of data. */
function count(chunks: readonly FinishedChunk[]): { rows: number; rejected: number } {
  const repeated = chunks.reduce((sum, chunk) => sum + (chunk.rejected[reasons.repeatedHeader] ?? 0), 0);
  return {
    rows: chunks.reduce((sum, chunk) => sum + chunk.rows, 0) - repeated,
    rejected: chunks.reduce((sum, chunk) => sum + chunk.rowsRejected, 0) - repeated,
  };
}

/** Returns `12 too few fields, 3 importe: value is not of type double`, the most frequent reason first. */
function describe(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}

export function addCounts(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum = new Map<string, number>();
  for (const each of counts) {
    for (const [key, count] of Object.entries(each)) sum.set(key, (sum.get(key) ?? 0) + count);
  }
  return Object.fromEntries(sum);
}
