import { count } from '@etl/lib/amounts';
import type { ContainerMode } from '@etl/pipeline/container';
import { shardName } from '@etl/pipeline/layout';
import { countChunks, findWork, mergeStates, type ShardReport } from '../chunks/checkpoint';
import type { FinishedChunk } from '../chunks/chunkDraft';
import { type ChunkIndex, groupStarts, matchesIndex } from '../chunks/chunkIndex';
import { checkRejectCount } from '../chunks/rejectLimits';
import { CutError } from '../csv/knownGroups';
import { rowCountMismatch } from '../engine/kernel/readGroup';
import { BadConfigurationError } from '../errors';
import type { ConvertedShard } from '../report/results';
import { usage } from '../report/usage';
import { convertSource, type Task } from '../task';
import { readReconciliation } from './reconcile';
import { shardRange } from './shardRange';

export type ShardMode = Extract<ContainerMode, { kind: 'shard' }>;

/** Converts the chunks of one shard, without committing them. */
export async function convertShard(
  task: Task,
  { number, of, indexUri, reconcileUri }: ShardMode,
): Promise<ConvertedShard> {
  const { env, store, place, content, folder, source, log } = task;
  const index = indexOf(task, indexUri);
  const width = index.head.columns.length;
  const settled =
    reconcileUri === undefined ? undefined : await readReconciliation(store, reconcileUri, content, width);
  const shard = `${number}/${of}`;
  const range = shardRange(index, number, of);
  const inRange = (chunk: FinishedChunk): boolean =>
    chunk.number >= range.first && chunk.number <= range.last && matchesIndex(index, chunk);
  const resumeFrom = mergeStates(await findWork(store, place, content), inRange, index.hints);
  const wanted = range.last - range.first + 1;
  if (wanted === 0)
    log({ event: 'note', text: `shard ${shard} has nothing to do: there are fewer chunks than shards` });
  const known = countChunks(resumeFrom);
  if (known > 0) log({ event: 'note', text: `resuming with ${count(known, 'chunk')} of earlier launches` });
  const converted = convertSource(task, {
    resumeFrom,
    range,
    groupStarts: groupStarts(index),
    basis: 'part',
    settled,
    // Only the evidence of all shards together shows which chunks are stale.
    firstPassOnly: settled === undefined,
    onState: async ({ chunks }) => checkRejectCount(chunks, env.options.rejects ?? {}),
  });
  const conversion = await converted.catch((error: unknown) => {
    if (error instanceof CutError) throw wrongIndex(indexUri, `chunk ${error.chunk}`);
    if (error instanceof Error && rowCountMismatch.test(error.message)) throw wrongIndex(indexUri, 'a row group');
    throw error;
  });
  checkChunks(index, conversion.chunks, indexUri);
  const report: ShardReport = {
    ...{ version: 2, ...content, runId: env.runId, generation: env.generation, shard, indexUri },
    ...{ chunks: conversion.chunks, hints: conversion.hints },
    usage: { ...usage(), bytesRead: source.bytesRead() },
  };
  await folder.writeJson(shardName, report);
  await task.end();
  const rows = conversion.chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return { status: 'converted', shard, report: folder.at(shardName), chunks: wanted, rows };
}

/** Checks that the converted chunks have the bounds of the index, which may have been tampered with. */
function checkChunks(index: ChunkIndex, chunks: readonly FinishedChunk[], indexUri: string): void {
  const wrong = chunks.find((chunk) => !matchesIndex(index, chunk));
  if (wrong) throw wrongIndex(indexUri, `chunk ${wrong.number}`);
}

function wrongIndex(indexUri: string, what: string): BadConfigurationError {
  return new BadConfigurationError(
    `SHARD_INDEX: ${indexUri} has wrong bounds of ${what} of the source: build it again with MODE=index`,
  );
}

/**
 * Returns the task's index.
 *
 * @throws {BadConfigurationError} if it does not exist
 */
export function indexOf({ index }: Task, uri: string): ChunkIndex {
  if (!index) throw new BadConfigurationError(`SHARD_INDEX: ${uri} does not exist: build it with MODE=index`);
  return index;
}
