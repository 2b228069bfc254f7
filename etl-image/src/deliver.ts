import { join } from 'node:path';
import { layout, progressName } from '@etl/pipeline/layout';
import type { Manifest, Resources, SchemaColumn, Totals } from '@etl/pipeline/manifest';
import { defaults, optionsHash } from '@etl/pipeline/options';
import { readNewestCommit } from '@etl/storage/commitLog';
import { sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import { project } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import type { Environment } from './config/environment';
import { BadDataError, failureOf, StoppedError } from './config/failures';
import type { EngineLimits } from './config/resources';
import { type Conversion, convert } from './conversion';
import { openSource } from './extractors/source';
import { ProgressReport } from './loaders/progress';
import { Rejects } from './loaders/rejects';
import { WorkFolder } from './loaders/workFolder';
import type { Log } from './log';
import type { Coerced } from './transformers/engine';
import type { ColumnPlan } from './transformers/schema';
import { program } from './version';

export interface Work {
  readonly env: Environment;
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly limits: EngineLimits;
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
    const content = { source: source.identity, optionsHash: optionsHash(env.options, env.chunkRows), program };
    const newest = await readNewestCommit(store, place);
    if (newest && sameContent(newest.manifest, content)) {
      await project(store, place);
      await progress.end({ phase: 'done' });
      return { status: 'already', manifest: newest.manifest };
    }
    const startedAt = new Date().toISOString();
    const rejects = new Rejects(join(work.scratch, 'rejects.jsonl'), env.options.rejects ?? {});
    progress.set({ phase: 'converting', bytesTotal: source.identity.bytes });
    const conversion = await convert({
      ...work,
      ...env,
      source,
      rejects,
      keep: (number, path, rows) => folder.addPart(number, path, rows),
      onPart: (parts, plans) => folder.checkpoint({ ...content, schema: schemaOf(plans), parts }),
      onProgress: (change) => progress.set(change),
    });
    const totals = checkedTotals(conversion, rejects, env);
    progress.set({ phase: 'publishing' });
    const rejectsFile = await rejects.finish();
    const manifest: Manifest = {
      version: 1,
      runId: env.runId,
      generation: env.generation,
      runStartedAt: env.runStartedAt,
      ...content,
      batchDate: env.batchDate,
      dataset: env.dataset,
      schema: schemaOf(conversion.plans),
      parts: conversion.parts,
      totals,
      chunks: conversion.chunks,
      reused: 0,
      startedAt,
      finishedAt: new Date().toISOString(),
      resources: resourcesUsed(startedAt, source.identity.bytes, conversion),
      warnings: [...source.head.warnings, ...conversion.warnings, ...coercedWarnings(conversion.coerced)],
      ...(rejectsFile !== undefined && { rejects: await folder.addRejects(rejectsFile) }),
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

/** The totals, if the batch may be published: neither too many rejects nor too few rows. */
function checkedTotals(conversion: Conversion, rejects: Rejects, env: Environment): Totals {
  const { rowsRead, rowsWritten, rowsBlank } = conversion;
  rejects.check(rowsRead);
  const min = env.options.quality?.rowCount?.min ?? defaults.rowCountMin;
  if (rowsWritten < min) {
    const facts = `${rowsRead} read, ${rowsBlank} blank, ${rejects.count} rejected`;
    throw new BadDataError(`${env.inputUri}: ${rowsWritten} rows to write, at least ${min} are wanted (${facts})`);
  }
  const rowsRejected = rejects.count;
  if (rowsRead !== rowsWritten + rowsBlank + rowsRejected) {
    throw new Error(
      `rows do not add up: ${rowsRead} read, ${rowsWritten} written, ${rowsBlank} blank, ${rowsRejected} rejected`,
    );
  }
  const datesCoerced = conversion.coerced.reduce((sum, { count }) => sum + count, 0);
  return { rowsRead, rowsWritten, rowsBlank, rowsRejected, datesCoerced };
}

function schemaOf(plans: readonly ColumnPlan[]): SchemaColumn[] {
  return plans.map(({ name, type, sourceName }) => ({ name, type, sourceName }));
}

/** One warning a column: how many dates became null, and the most frequent of them. */
function coercedWarnings(coerced: readonly Coerced[]): string[] {
  const columns = [...new Set(coerced.map(({ column }) => column))];
  return columns.map((column) => {
    const mine = coerced.filter((each) => each.column === column);
    const count = mine.reduce((sum, each) => sum + each.count, 0);
    const examples = [...new Set(mine.flatMap((each) => each.examples))]
      .slice(0, 5)
      .map((text) => JSON.stringify(text));
    return `${column}: ${count} values are no dates and became null, such as ${examples.join(', ')}`;
  });
}

function resourcesUsed(startedAt: string, bytesRead: number, conversion: Conversion): Resources {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    peakMemoryMiB: Math.round(maxRSS / 1024),
    cpuSeconds: Math.round((userCPUTime + systemCPUTime) / 10_000) / 100,
    wallSeconds: Math.round((Date.now() - Date.parse(startedAt)) / 10) / 100,
    bytesRead,
    bytesWritten: conversion.parts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
