import type { ContainerMode } from '@etl/pipeline/container';
import { shardName } from '@etl/pipeline/layout';
import { adopt, countChunks, findWork, type ShardReport } from '../chunks/checkpoint';
import type { FinishedChunk } from '../chunks/chunkDraft';
import { type ChunkIndex, fits, groupStarts } from '../chunks/chunkIndex';
import { checkRejectCount } from '../chunks/rejectLimits';
import { CutError } from '../csv/knownGroups';
import { otherRows } from '../engine/kernel/readGroup';
import { BadConfigurationError } from '../errors';
import type { Sharded } from '../report/results';
import { usage } from '../report/usage';
import { convertSource, type Task } from '../task';
import { readReconciliation } from './reconcile';
import { shardRange } from './shardRange';

export type ShardMode = Extract<ContainerMode, { kind: 'shard' }>;

/** Converts the chunks of one shard, and commits nothing. */
export async function convertShard(task: Task, { number, of, indexUri, reconcileUri }: ShardMode): Promise<Sharded> {
  const { env, store, place, content, folder, source, log } = task;
  const index = indexOf(task, indexUri);
  const width = index.head.columns.length;
  const settled =
    reconcileUri === undefined ? undefined : await readReconciliation(store, reconcileUri, content, width);
  const shard = `${number}/${of}`;
  const range = shardRange(index, number, of);
  const inRange = (chunk: FinishedChunk): boolean =>
    chunk.number >= range.first && chunk.number <= range.last && fits(index, chunk);
  const before = adopt(await findWork(store, place, content), inRange, index.hints);
  const wanted = range.last - range.first + 1;
  if (wanted === 0)
    log({ event: 'note', text: `shard ${shard} has nothing to do: there are fewer chunks than shards` });
  const known = countChunks(before);
  if (known > 0) log({ event: 'note', text: `${known} chunks were converted before and are taken over` });
  const converted = convertSource(task, {
    before,
    range,
    groupStarts: groupStarts(index),
    basis: 'part',
    settled,
    // Whether a chunk has to be written again is for all shards together to say: until then it stays as it is.
    firstPassOnly: settled === undefined,
    onState: async ({ chunks }) => checkRejectCount(chunks, env.options.rejects ?? {}),
  });
  const conversion = await converted.catch((error: unknown) => {
    if (error instanceof CutError) throw doesNotFit(indexUri, `chunk ${error.chunk}`);
    if (error instanceof Error && otherRows.test(error.message)) throw doesNotFit(indexUri, 'some group');
    throw error;
  });
  checkFit(index, conversion.chunks, indexUri);
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

/** An index that was tampered with: its rows are not those of the source. */
function checkFit(index: ChunkIndex, chunks: readonly FinishedChunk[], indexUri: string): void {
  const wrong = chunks.find((chunk) => !fits(index, chunk));
  if (wrong) throw doesNotFit(indexUri, `chunk ${wrong.number}`);
}

function doesNotFit(indexUri: string, what: string): BadConfigurationError {
  return new BadConfigurationError(
    `SHARD_INDEX: ${indexUri} does not say where ${what} of the source lies: make it again`,
  );
}

/** Throws `BadConfigurationError` when it is not there. */
export function indexOf({ index }: Task, uri: string): ChunkIndex {
  if (!index) throw new BadConfigurationError(`SHARD_INDEX: ${uri} is not there: make it with MODE=index`);
  return index;
}
