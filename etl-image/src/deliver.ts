import { layout, progressName } from '@etl/pipeline/layout';
import type { Manifest, Part, Resources, Totals } from '@etl/pipeline/manifest';
import { defaults, optionsHash } from '@etl/pipeline/options';
import { joinUri } from '@etl/pipeline/uri';
import { readNewestCommit } from '@etl/storage/commitLog';
import { sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import { project } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import type { Environment } from './config/environment';
import { BadDataError, failureOf, StoppedError } from './config/failures';
import type { Resources as TaskResources } from './config/resources';
import { type Conversion, type ConversionSettings, convert } from './conversion';
import { coercedExamples } from './engines/engine';
import { openEngine } from './engines/open';
import { openSource, type Source } from './extractors/source';
import { findCheckpoint } from './loaders/checkpoint';
import type { FinishedChunk } from './loaders/chunkDraft';
import { ProgressReport } from './loaders/progress';
import { checkRejects, countRejects } from './loaders/rejectLimits';
import { WorkFolder } from './loaders/workFolder';
import type { Log } from './log';
import { programOf } from './version';

export interface Work {
  readonly env: Environment;
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly resources: TaskResources;
  readonly log: Log;
  /** Aborted with a `StoppedError` when the work has to end. */
  readonly signal: AbortSignal;
}

export interface Delivery {
  readonly status: 'committed' | 'already' | 'superseded';
  readonly manifest: Manifest;
}

/** From source to published batch. A batch that this source and these options made before is only shown again. */
export async function deliver(work: Work): Promise<Delivery> {
  const { env, store, log } = work;
  const place = layout(env.destination, env);
  const folder = new WorkFolder(store, place, env);
  const progress = new ProgressReport(store, folder.at(progressName), log);
  try {
    const source = await openSource(store, env.inputUri, env.options);
    const content = {
      source: source.identity,
      optionsHash: optionsHash(env.options, env.chunkRows),
      program: programOf(env.engine),
    };
    const newest = await readNewestCommit(store, place);
    if (newest && sameContent(newest.manifest, content)) {
      log({ event: 'note', text: 'this source was converted with these options before: nothing to do' });
      await project(store, place);
      await progress.end({ phase: 'done' });
      return { status: 'already', manifest: newest.manifest };
    }
    const startedAt = new Date().toISOString();
    const before = await findCheckpoint(store, place, content);
    if (before) log({ event: 'note', text: `${before.chunks.length} chunks were converted before and are taken over` });
    progress.set({ phase: 'converting', bytesTotal: source.identity.bytes });
    const conversion = await convertSource(work, source, {
      before,
      shelf: folder,
      onState: (state) => folder.checkpoint({ version: 1, ...content, ...state }),
      onProgress: (change) => progress.set(change),
    });
    const totals = checkedTotals(conversion, env);
    progress.set({ phase: 'publishing' });
    const { chunks } = conversion;
    const parts = chunks.flatMap(({ part }) => part ?? []);
    const own = (part: Part): boolean => joinUri(place.internal, part.location).startsWith(`${folder.uri}/`);
    const rejects = chunks.flatMap((chunk) => chunk.rejects ?? []);
    const manifest: Manifest = {
      version: 1,
      runId: env.runId,
      generation: env.generation,
      runStartedAt: env.runStartedAt,
      ...content,
      batchDate: env.batchDate,
      dataset: env.dataset,
      schema: conversion.plans.map(({ name, type, sourceName }) => ({ name, type, sourceName })),
      parts,
      totals,
      chunks: chunks.length,
      reused: parts.filter((part) => !own(part)).length,
      startedAt,
      finishedAt: new Date().toISOString(),
      resources: resourcesUsed(startedAt, progress.bytesRead, parts.filter(own)),
      warnings: [...source.head.warnings, ...conversion.warnings, ...coercedWarnings(chunks)],
      ...(rejects.length > 0 && { rejected: countRejects(chunks), rejects }),
    };
    work.signal.throwIfAborted();
    const published = await publish(store, place, manifest);
    await progress.end({ phase: 'done' });
    return published;
  } catch (error) {
    // A stop is no failure of the data: the checkpoint stands for it.
    if (!(error instanceof StoppedError)) await progress.end({ phase: 'failed', failure: failureOf(error).cause });
    else await progress.end({});
    throw error;
  }
}

async function convertSource(
  { env, scratch, resources, signal }: Work,
  source: Source,
  rest: Pick<ConversionSettings, 'before' | 'shelf' | 'onState' | 'onProgress'>,
): Promise<Conversion> {
  const engine = openEngine(env.engine, source.head, resources);
  const interrupt = (): void => void engine.close();
  signal.addEventListener('abort', interrupt);
  try {
    const { options, chunkRows } = env;
    return await convert({ source, options, chunkRows, scratch, engine, signal, ...rest });
  } finally {
    signal.removeEventListener('abort', interrupt);
    await engine.close();
  }
}

/** The totals, if the batch may be published: neither too many rejects nor too few rows. */
function checkedTotals({ chunks }: Conversion, env: Environment): Totals {
  checkRejects(chunks, env.options.rejects ?? {});
  const totals: Totals = {
    rowsRead: sum(chunks.map((chunk) => chunk.rows)),
    rowsWritten: sum(chunks.map((chunk) => chunk.part?.rows ?? 0)),
    rowsBlank: sum(chunks.map((chunk) => chunk.rowsBlank)),
    rowsRejected: sum(chunks.map((chunk) => chunk.rowsRejected)),
    datesCoerced: sum(chunks.flatMap((chunk) => chunk.coerced.map(({ count }) => count))),
  };
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = totals;
  const facts = `${rowsRead} read, ${rowsWritten} written, ${rowsBlank} blank, ${rowsRejected} rejected`;
  if (rowsRead !== rowsWritten + rowsBlank + rowsRejected) throw new Error(`rows do not add up: ${facts}`);
  const min = env.options.quality?.rowCount?.min ?? defaults.rowCountMin;
  if (rowsWritten < min) {
    throw new BadDataError(`${env.inputUri}: ${rowsWritten} rows to write, at least ${min} are wanted (${facts})`);
  }
  return totals;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** One warning a column: how many dates became null, and some of them. */
function coercedWarnings(chunks: readonly FinishedChunk[]): string[] {
  const coerced = chunks.flatMap((chunk) => chunk.coerced);
  const columns = [...new Set(coerced.map(({ column }) => column))];
  return columns.map((column) => {
    const mine = coerced.filter((each) => each.column === column);
    const examples = [...new Set(mine.flatMap((each) => each.examples))]
      .slice(0, coercedExamples)
      .map((text) => JSON.stringify(text));
    const count = sum(mine.map((each) => each.count));
    return `${column}: ${count} values are no dates and became null, such as ${examples.join(', ')}`;
  });
}

function resourcesUsed(startedAt: string, bytesRead: number, written: readonly Part[]): Resources {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    peakMemoryMiB: Math.round(maxRSS / 1024),
    cpuSeconds: Math.round((userCPUTime + systemCPUTime) / 10_000) / 100,
    wallSeconds: Math.round((Date.now() - Date.parse(startedAt)) / 10) / 100,
    bytesRead,
    bytesWritten: sum(written.map(({ bytes }) => bytes)),
  };
}
