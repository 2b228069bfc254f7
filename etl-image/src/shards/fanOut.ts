import type { ContainerMode } from '@etl/pipeline/container';
import { reconcileName } from '@etl/pipeline/layout';
import { adopt, type FoundWork } from '../chunks/checkpoint';
import type { FinishedChunk } from '../chunks/chunkDraft';
import { type ChunkIndex, fits } from '../chunks/chunkIndex';
import type { ConversionState } from '../chunks/conversion';
import { IncompleteError, ReconcileError } from '../errors';
import type { Task } from '../task';
import type { Known } from '../types/table';
import { indexOf } from './convertShard';
import type { Reconciliation } from './reconcile';
import { shardRange } from './shardRange';

export type FanOut = NonNullable<Extract<ContainerMode, { kind: 'commit' }>['shards']>;

/** What the shards of a file have converted together. */
export interface Gathered {
  readonly index: ChunkIndex;
  readonly before: ConversionState;
}

/** Throws `IncompleteError` when chunks are missing, with the shards that should have converted them. */
export function gather(task: Task, { of, indexUri }: FanOut, all: FoundWork): Gathered {
  const index = indexOf(task, indexUri);
  const before = adopt(all, (chunk) => fits(index, chunk), index.hints);
  const known = new Set(before.chunks.map(({ number }) => number));
  const missing = Array.from({ length: of }, (_, at) => missingOf(index, at + 1, of, known)).flat();
  if (missing.length > 0) throw new IncompleteError(`not everything is converted: ${missing.join('; ')}`);
  return { index, before };
}

function missingOf(index: ChunkIndex, number: number, of: number, known: ReadonlySet<number>): string[] {
  const { first, last } = shardRange(index, number, of);
  const missing = Array.from({ length: last - first + 1 }, (_, at) => first + at).filter((chunk) => !known.has(chunk));
  if (missing.length === 0) return [];
  const some = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return [`shard ${number}/${of} lacks ${missing.length === 1 ? 'chunk' : 'chunks'} ${some}${more}`];
}

/**
 * Stale chunks that are no more than one shard's share are written again by the commit. More are for all shards: throws
 * `ReconcileError`, with what they need for it written beside.
 */
export async function shareStale(
  { folder, content }: Task,
  { of }: FanOut,
  index: ChunkIndex,
  stale: readonly FinishedChunk[],
  known: Known,
): Promise<void> {
  const all = index.chunks.length;
  if (stale.length * of <= all) return;
  const reconciliation: Reconciliation = {
    ...{ version: 1, ...content, known },
    stale: stale.map(({ number }) => number),
  };
  await folder.writeJson(reconcileName, reconciliation);
  throw new ReconcileError(
    `${stale.length} of ${all} chunks were written under a schema that other rows have widened`,
    folder.at(reconcileName),
  );
}
