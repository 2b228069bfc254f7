import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Part } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import { BadConfigurationError } from './config/failures';
import type { EngineLimits } from './config/resources';
import { type Chunk, chunks } from './extractors/chunks';
import type { Source } from './extractors/source';
import type { Rejects } from './loaders/rejects';
import { type Coerced, Engine } from './transformers/engine';
import type { ColumnPlan } from './transformers/schema';
import { samePlans, Table } from './transformers/table';

export interface ConversionSettings {
  readonly source: Source;
  readonly options: Options;
  readonly chunkRows: number;
  readonly scratch: string;
  readonly limits: EngineLimits;
  readonly signal: AbortSignal;
  readonly rejects: Rejects;
  /** Puts a part's file somewhere safe: the next one overwrites it. */
  readonly keep: (number: number, path: string, rows: number) => Promise<Part>;
  readonly onPart: (parts: readonly Part[], plans: readonly ColumnPlan[]) => Promise<void>;
  readonly onProgress: (progress: { bytesRead?: number; rowsRead?: number; parts?: number }) => void;
}

export interface Conversion {
  readonly plans: readonly ColumnPlan[];
  readonly parts: readonly Part[];
  readonly chunks: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly rowsBlank: number;
  readonly coerced: readonly Coerced[];
  readonly warnings: readonly string[];
}

/** What became of a chunk. */
interface Converted {
  readonly plans: readonly ColumnPlan[];
  readonly rows: number;
  readonly rowsBlank: number;
  readonly coerced: readonly Coerced[];
  /** None when no row of the chunk was left. */
  readonly part: Part | undefined;
}

/**
 * Converts a source, chunk by chunk, under one schema. In the first pass each chunk is written under what is known by
 * then; evidence only adds up, so a chunk has to be written again only if a later one changed the schema. That is done in
 * a second pass, for those chunks alone.
 */
export async function convert(settings: ConversionSettings): Promise<Conversion> {
  const { source, signal } = settings;
  const { columns, delimiter, quote } = source.head;
  const table = new Table(columns, settings.options, delimiter);
  const missing = table.missing();
  if (missing.length > 0)
    throw new BadConfigurationError(`declared columns are not in the header: ${missing.join(', ')}`);
  const engine = await Engine.open(columns, { delimiter, quote }, settings.limits, settings.scratch);
  const interrupt = (): void => engine.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    const converted = await firstPass(settings, engine, table);
    await secondPass(settings, engine, table.plans(), converted);
    return summarise(table, [...converted.values()]);
  } catch (error) {
    signal.throwIfAborted(); // an interruption is told as what caused it
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    engine.close();
  }
}

async function firstPass(settings: ConversionSettings, engine: Engine, table: Table): Promise<Map<number, Converted>> {
  const converted = new Map<number, Converted>();
  let rowsRead = 0;
  for await (const chunk of read(settings)) {
    settings.rejects.add(chunk, rowsRead + 1, await engine.load(chunk));
    table.add(await engine.evidence(table.known()));
    const plans = table.plans();
    const { rejects, ...rest } = await convertChunk(settings, engine, chunk, plans);
    settings.rejects.add(chunk, rowsRead + 1, rejects);
    converted.set(chunk.number, rest);
    rowsRead += chunk.rows;
    const parts = partsOf(converted.values());
    settings.onProgress({ rowsRead, parts: parts.length });
    await settings.onPart(parts, plans);
  }
  return converted;
}

/** Rejects are the same in both passes: only declared types reject, and those do not change. */
async function secondPass(
  settings: ConversionSettings,
  engine: Engine,
  plans: readonly ColumnPlan[],
  converted: Map<number, Converted>,
): Promise<void> {
  const stale = [...converted].filter(([, each]) => !samePlans(each.plans, plans)).map(([number]) => number);
  if (stale.length === 0) return;
  for await (const chunk of read(settings)) {
    if (!stale.includes(chunk.number)) continue;
    await engine.load(chunk);
    const { rejects: _, ...rest } = await convertChunk(settings, engine, chunk, plans);
    converted.set(chunk.number, rest);
    if (chunk.number === stale.at(-1)) break;
  }
  await settings.onPart(partsOf(converted.values()), plans);
}

async function* read(settings: ConversionSettings): AsyncGenerator<Chunk> {
  const bytes = settings.source.read((bytesRead) => settings.onProgress({ bytesRead }));
  for await (const chunk of chunks(bytes, settings.source.head, settings.chunkRows, settings.scratch)) {
    settings.signal.throwIfAborted();
    yield chunk;
  }
}

async function convertChunk(settings: ConversionSettings, engine: Engine, chunk: Chunk, plans: readonly ColumnPlan[]) {
  const path = join(settings.scratch, 'part.parquet');
  const { rowsWritten, rowsBlank, rejects, coerced } = await engine.writePart(plans, path);
  settings.signal.throwIfAborted();
  const part = rowsWritten > 0 ? await settings.keep(chunk.number, path, rowsWritten) : undefined;
  await rm(path, { force: true });
  return { plans, rows: chunk.rows, rowsBlank: rowsBlank + chunk.emptyLines, coerced, part, rejects };
}

function partsOf(converted: Iterable<Converted>): Part[] {
  return [...converted].flatMap(({ part }) => part ?? []);
}

function summarise(table: Table, converted: readonly Converted[]): Conversion {
  const parts = partsOf(converted);
  const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    plans: table.plans(),
    parts,
    chunks: converted.length,
    rowsRead: sum(converted.map(({ rows }) => rows)),
    rowsWritten: sum(parts.map(({ rows }) => rows)),
    rowsBlank: sum(converted.map(({ rowsBlank }) => rowsBlank)),
    coerced: converted.flatMap(({ coerced }) => coerced),
    warnings: table.warnings(),
  };
}
