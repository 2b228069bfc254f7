import { count } from '@etl/lib/amounts';
import type { Manifest } from '@etl/pipeline/manifest';
import type { QualityResult } from '@etl/pipeline/quality/results';
import { conflictReason, mayReplace } from '@etl/pipeline/replacement';
import { type KnownSchema, withSchemaChanges } from '@etl/pipeline/schemaChanges';
import { workGraceSeconds } from '@etl/storage/batchFolders';
import { cleanWork, type Launch } from '@etl/storage/cleanWork';
import type { CommitResult } from '@etl/storage/commit';
import { type Commit, readNewestCommit } from '@etl/storage/commitLog';
import { sameContent } from '@etl/storage/fence';
import { project, projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { countChunks, type FoundWork, findWork, mergeStates } from '../chunks/checkpoint';
import type { Conversion, ConversionState } from '../chunks/conversion';
import { checkRejectCount } from '../chunks/rejectLimits';
import { failureOf } from '../config/failures';
import { HeldError, SourceConflictError } from '../errors';
import { evaluateRules } from '../quality/evaluate';
import { averageOf, earlierRows } from '../quality/history';
import { countRepeats } from '../quality/repeats';
import { usage } from '../report/usage';
import { collectShards, delegateStaleChunks, type FanOut } from '../shards/fanOut';
import { convertSource, type Task } from '../task';
import { composeManifest, type ManifestInput } from './manifest';
import { SchemaHistory } from './schemaHistory';

/** A converted batch and what its manifest says about this launch. */
type Converted = Pick<
  ManifestInput,
  'conversion' | 'folders' | 'startedAt' | 'used' | 'approved' | 'rowsConverted' | 'series'
>;

export interface Delivery {
  readonly status: Exclude<CommitResult['status'], 'conflict'>;
  readonly manifest: Manifest;
}

/**
 * Converts the source and publishes the batch. If the batch is already published from this source with these options,
 * only projects it again.
 *
 * @throws {SourceConflictError} if another source published the batch and the replacement is not declared
 */
export async function deliver(task: Task): Promise<Delivery> {
  const found = await findWork(task.store, task.place, task.content);
  const delivery = await publishOnce(task, found);
  await task.end();
  await removeWorkFolders(task, [task.env, ...found.reports]);
  return delivery;
}

async function publishOnce(task: Task, found: FoundWork): Promise<Delivery> {
  const { store, place, content, log } = task;
  const newest = await readNewestCommit(store, place);
  if (newest && sameContent(newest.manifest, content)) {
    log({ event: 'note', text: 'this source is already published with these options: nothing to do' });
    await project(store, place);
    await (await SchemaHistory.open(task)).keep(newest.manifest);
    return { status: 'already', manifest: newest.manifest };
  }
  const { mode, replaces } = task.env;
  if (newest && !mayReplace(newest.manifest.source.uri, content.source.uri, replaces)) throw conflict(task, newest);
  const fanOut = mode?.kind === 'commit' ? mode.shards : undefined;
  const converted = await (fanOut ? mergeShards(task, fanOut, found) : convertAll(task, found));
  const schemas = await SchemaHistory.open(task);
  const previous = schemas.before(newest);
  const manifest = withSchemaChanges(await compose(task, converted, previous), previous);
  task.signal.throwIfAborted();
  const result = await publish(store, place, manifest, projectionSettings, replaces);
  const { status } = result;
  if (status === 'conflict') throw conflict(task, result);
  if (status === 'committed') await schemas.keep(manifest);
  return { status, manifest: result.manifest };
}

function conflict({ content }: Task, { manifest }: Commit): SourceConflictError {
  return new SourceConflictError(conflictReason(manifest.source.uri, content.source.uri));
}

/** Converts the source in this launch. */
async function convertAll(task: Task, found: FoundWork): Promise<Converted> {
  const { env, log, source, folder } = task;
  const all = mergeStates(found);
  const chunks = countChunks(all);
  if (chunks > 0) log({ event: 'note', text: `resuming with ${count(chunks, 'chunk')} of earlier launches` });
  const conversion = await convertSource(task, { resumeFrom: chunks > 0 ? all : undefined, onState: onState(task) });
  return {
    conversion,
    folders: [folder.uri],
    startedAt: task.startedAt,
    used: [{ ...usage(), bytesRead: source.bytesRead() }],
    approved: env.mode?.kind === 'commit',
    rowsConverted: conversion.rowsConverted,
    series: task.progress.series(),
  };
}

/** Merges the chunks that shards converted. Converts only the few that other shards made stale. */
async function mergeShards(task: Task, fanOut: FanOut, found: FoundWork): Promise<Converted> {
  const { source, folder, place } = task;
  const { index, resumeFrom } = collectShards(task, fanOut, found);
  const reports = found.reports.filter(({ indexUri }) => indexUri === fanOut.indexUri);
  const conversion = await convertSource(task, {
    resumeFrom,
    range: { start: index.chunks[0] ?? index.end, end: index.end },
    onStale: (stale, known) => delegateStaleChunks(task, fanOut, index, stale, known),
    onState: onState(task),
  });
  return {
    conversion,
    folders: [folder.uri, ...reports.map(({ runId, generation }) => place.work(runId, generation))],
    startedAt: index.startedAt,
    used: [{ ...usage(), bytesRead: source.bytesRead() }, index.usage, ...reports.map((report) => report.usage)],
    approved: false,
    rowsConverted: index.rows,
  };
}

function onState({ env }: Task): (state: ConversionState) => Promise<void> {
  return async ({ chunks }) => checkRejectCount(chunks, env.options.rejects ?? {});
}

/**
 * Evaluates the quality rules and composes the manifest. Saves the checkpoint of a held batch, so that an approved launch
 * only has to commit it.
 */
async function compose(task: Task, converted: Converted, previous: KnownSchema | undefined): Promise<Manifest> {
  const { folder, content, progress } = task;
  const { chunks, hints } = converted.conversion;
  try {
    const quality = await evaluate(task, converted.conversion, previous);
    const manifest = composeManifest({ ...task, ...converted, quality });
    progress.set({ phase: 'publishing' });
    return manifest;
  } catch (error) {
    if (error instanceof HeldError) await folder.checkpoint({ version: 2, ...content, chunks, hints });
    throw error;
  }
}

function evaluate(
  { env, store, place, signal }: Task,
  { plans, chunks }: Conversion,
  previousSchema: KnownSchema | undefined,
): Promise<QualityResult[]> {
  return evaluateRules({
    ...{ quality: env.options.quality ?? {}, plans, chunks, batchDate: env.batchDate, previousSchema },
    rowsWritten: chunks.reduce((sum, { part }) => sum + (part?.rows ?? 0), 0),
    countRepeats: (keys) => countRepeats(store, place.internal, keys, signal),
    rowsBefore: (against) => earlierRows(store, env, against === 'previous' ? 1 : averageOf),
  });
}

/** Removes files of finished launches that no commit refers to. Best effort: the batch is already published. */
async function removeWorkFolders({ store, place, log }: Task, finished: readonly Launch[]): Promise<void> {
  try {
    await cleanWork(store, place, { graceSeconds: workGraceSeconds, finished });
  } catch (error) {
    log({ event: 'note', text: `work folders could not be removed: ${failureOf(error).cause}` });
  }
}
