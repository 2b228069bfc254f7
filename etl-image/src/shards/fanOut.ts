import type { ContainerMode } from '@etl/pipeline/container';
import { reconcileName } from '@etl/pipeline/layout';
import { type FoundWork, mergeStates } from '../chunks/checkpoint';
import type { FinishedChunk } from '../chunks/chunkDraft';
import { type ChunkIndex, matchesIndex } from '../chunks/chunkIndex';
import type { ConversionState } from '../chunks/conversion';
import { IncompleteError, ReconcileError } from '../errors';
import type { Task } from '../task';
import type { ColumnEvidence } from '../types/table';
import { indexOf } from './convertShard';
import type { Reconciliation } from './reconcile';
import { shardRange } from './shardRange';

export type FanOut = NonNullable<Extract<ContainerMode, { kind: 'commit' }>['shards']>;

/** The chunks that the shards of a file have converted. */
export interface CollectedShards {
  readonly index: ChunkIndex;
  readonly resumeFrom: ConversionState;
}

/**
 * Collects the chunks of all shards.
 *
 * @throws {IncompleteError} if chunks are missing, with the shards that should have converted them
 */
export function collectShards(task: Task, { of, indexUri }: FanOut, all: FoundWork): CollectedShards {
  const index = indexOf(task, indexUri);
  const resumeFrom = mergeStates(all, (chunk) => matchesIndex(index, chunk), index.hints);
  const known = new Set(resumeFrom.chunks.map(({ number }) => number));
  const missing = Array.from({ length: of }, (_, at) => missingOf(index, at + 1, of, known)).flat();
  if (missing.length > 0) throw new IncompleteError(`the conversion is incomplete: ${missing.join('; ')}`);
  return { index, resumeFrom };
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
 * Decides who rewrites the stale chunks: the commit, if they are at most one shard's share, else the shards.
 *
 * @throws {ReconcileError} if the shards must rewrite them. Writes the reconciliation that they need first
 */
export async function delegateStaleChunks(
  { folder, content }: Task,
  { of }: FanOut,
  index: ChunkIndex,
  stale: readonly FinishedChunk[],
  known: ColumnEvidence,
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
