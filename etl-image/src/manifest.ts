import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest, Totals } from '@etl/pipeline/manifest';
import { defaults } from '@etl/pipeline/options';
import { joinUri } from '@etl/pipeline/uri';
import type { Content } from '@etl/storage/fence';
import type { Environment } from './config/environment';
import { BadDataError } from './config/failures';
import type { Resources } from './config/resources';
import type { Conversion } from './conversion';
import type { Source } from './extractors/source';
import { coercedExamples, type FinishedChunk } from './loaders/chunkDraft';
import { addCounts, checkRejects } from './loaders/rejectLimits';
import { pace, usage } from './usage';

export interface Made {
  readonly env: Environment;
  readonly place: BatchLayout;
  /** Where this launch wrote its own parts. */
  readonly folder: string;
  readonly source: Source;
  readonly content: Content;
  readonly conversion: Conversion;
  readonly startedAt: string;
  readonly bytesRead: number;
  /** Rows that this launch read itself. */
  readonly rowsConverted: number;
  readonly resources: Resources;
}

/** What is published. Throws `BadDataError` for a batch that must not be: too many rejects, or too few rows. */
export function composeManifest(made: Made): Manifest {
  const { env, place, source, content, conversion, startedAt, bytesRead } = made;
  const { chunks } = conversion;
  const totals = checkedTotals(chunks, env);
  const parts = chunks.flatMap(({ part }) => part ?? []);
  const own = parts.filter(({ location }) => joinUri(place.internal, location).startsWith(`${made.folder}/`));
  const rejects = chunks.flatMap((chunk) => chunk.rejects ?? []);
  const coercions = chunks.flatMap((chunk) => chunk.coercions ?? []);
  return {
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
    reused: parts.length - own.length,
    startedAt,
    finishedAt: new Date().toISOString(),
    resources: {
      ...usage(),
      wallSeconds: Math.round((Date.now() - Date.parse(startedAt)) / 10) / 100,
      bytesRead,
      bytesWritten: sum(own.map(({ bytes }) => bytes)),
      rowsPerSecond: pace(made.rowsConverted, startedAt),
      ...made.resources,
    },
    warnings: [...source.head.warnings, ...conversion.warnings, ...coercedWarnings(chunks)],
    ...(rejects.length > 0 && { rejected: addCounts(chunks.map(({ rejected }) => rejected)), rejects }),
    ...(coercions.length > 0 && { coerced: addCounts(chunks.map(({ coerced }) => coerced)), coercions }),
  };
}

function checkedTotals(chunks: readonly FinishedChunk[], env: Environment): Totals {
  checkRejects(chunks, env.options.rejects ?? {});
  const totals: Totals = {
    rowsRead: sum(chunks.map((chunk) => chunk.rows)),
    rowsWritten: sum(chunks.map((chunk) => chunk.part?.rows ?? 0)),
    rowsBlank: sum(chunks.map((chunk) => chunk.rowsBlank)),
    rowsRejected: sum(chunks.map((chunk) => chunk.rowsRejected)),
    datesCoerced: sum(chunks.flatMap((chunk) => Object.values(chunk.coerced))),
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

/** One warning a column: how many dates became null, and some of them. */
function coercedWarnings(chunks: readonly FinishedChunk[]): string[] {
  return Object.entries(addCounts(chunks.map(({ coerced }) => coerced))).map(([column, count]) => {
    const examples = [...new Set(chunks.flatMap((chunk) => chunk.coercedExamples[column] ?? []))]
      .slice(0, coercedExamples)
      .map((text) => JSON.stringify(text));
    return `${column}: ${count} values are no dates and became null, such as ${examples.join(', ')}`;
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
