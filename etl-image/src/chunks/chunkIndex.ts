import { parseJson } from '@etl/lib/json';
import { describeIssue } from '@etl/lib/schemaIssues';
import type { Content } from '@etl/storage/fence';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import * as z from 'zod';
import type { Position } from '../csv/window';
import { BadConfigurationError } from '../errors';
import { content, count, evidence } from './schemas';

const place = z.strictObject({ row: count.min(1), line: count.min(1), byte: count });

/** The inspected head of the file, which shards do not inspect again. */
const head = z.strictObject({
  ...{
    problems: z.tuple([]),
    warnings: z.array(z.string()).readonly(),
    compression: z.literal('none'),
    encoding: z.literal('utf-8'),
  },
  ...{ delimiter: z.string().length(1), quote: z.string().length(1), lineEnd: z.enum(['\n', '\r']), bomBytes: count },
  columns: z
    .array(z.strictObject({ name: z.string(), sourceName: z.string() }))
    .min(1)
    .readonly(),
  ...{ sampleRows: count, rowBytes: z.number().nonnegative() },
  preamble: z.strictObject({ lines: count, bytes: count }).exactOptional(),
  footer: z.string().exactOptional(),
});

const indexSchema = z.strictObject({
  version: z.literal(1),
  ...content,
  head,
  rows: count,
  /** Start of each chunk. The first one starts after the header. */
  chunks: z.array(place),
  /** Start of each row group that does not start a chunk. */
  groups: z.array(place),
  /** Position after the last row. */
  end: place,
  /** Evidence of the first rows of each chunk, by column. */
  hints: z.array(evidence),
  startedAt: z.iso.datetime(),
  usage: z.strictObject({ cpuSeconds: z.number(), peakMemoryMiB: z.number(), bytesRead: count }),
});

/** The positions of a source's chunks, from which the shards' ranges follow. */
export type ChunkIndex = z.infer<typeof indexSchema>;

/**
 * Reads an index; undefined if it does not exist.
 *
 * @throws {BadConfigurationError} if the object is not an index
 */
export async function readIndex(store: ObjectStore, uri: string): Promise<ChunkIndex | undefined> {
  const body = await store.readSmall(uri);
  return body && parseIndex(uri, body.toString('utf8'));
}

/**
 * Checks that an index belongs to this source, these options and this program.
 *
 * @throws {StorageError} `SourceChanged` if the source has changed since the index was built
 * @throws {BadConfigurationError} if the index does not match
 */
export function checkIndex(
  index: ChunkIndex,
  uri: string,
  { source, optionsHash, program }: Content,
  chunkRows: number,
) {
  if (index.source.uri !== source.uri) throw invalidIndex(uri, `is the index of ${index.source.uri}`);
  if (index.source.fingerprint !== source.fingerprint) {
    throw new StorageError('SourceChanged', source.uri, `the file has changed since ${uri} was built: start a new run`);
  }
  if (index.optionsHash !== optionsHash) throw invalidIndex(uri, `was built with other options: ${rebuild}`);
  if (index.program !== program)
    throw invalidIndex(uri, `was built by ${index.program}, but this is ${program}: ${rebuild}`);
  const problem = inconsistency(index, chunkRows);
  if (problem) throw invalidIndex(uri, `${problem}: ${rebuild}`);
}

const rebuild = 'build it again with MODE=index';

function invalidIndex(uri: string, why: string): Error {
  return new BadConfigurationError(`SHARD_INDEX: ${uri} ${why}`);
}

function parseIndex(uri: string, text: string): ChunkIndex {
  let found: unknown;
  try {
    found = parseJson(text);
  } catch (error) {
    throw invalidIndex(uri, `${(error as Error).message}: ${rebuild}`);
  }
  const parsed = indexSchema.safeParse(found);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, [], found)).slice(0, 3);
  throw invalidIndex(uri, `is not an index of version 1: ${problems.join('; ')}`);
}

/** Returns an inconsistency of the index itself, independent of the source. */
function inconsistency(
  { source, head, rows, chunks, groups, end, hints }: ChunkIndex,
  chunkRows: number,
): string | undefined {
  const { length } = head.columns;
  if (hints.length !== length) return `has hints of ${hints.length} columns, but the file has ${length}`;
  if (end.row !== rows + 1 || end.byte > source.bytes) return `ends at row ${end.row}, byte ${end.byte}`;
  if (chunks.length !== Math.ceil(rows / chunkRows)) return `has ${chunks.length} chunks of ${rows} rows`;
  for (const [at, { row, line, byte }] of chunks.entries()) {
    const next = chunks[at + 1] ?? end;
    if (row !== at * chunkRows + 1 || line >= next.line + (next === end ? 1 : 0) || byte >= next.byte)
      return `has an invalid chunk ${at + 1}: row ${row}, line ${line}, byte ${byte}`;
  }
  const wrong = groups.find(({ row, line, byte }, at) => {
    const next = groups[at + 1] ?? end;
    return row >= next.row || line > next.line || byte >= next.byte;
  });
  return wrong && `has an invalid group: row ${wrong.row}, line ${wrong.line}, byte ${wrong.byte}`;
}

/** Returns the start of every group, in order. */
export function groupStarts({ chunks, groups }: ChunkIndex): Position[] {
  return [...chunks, ...groups].sort((a, b) => a.row - b.row);
}

/** Returns the bounds of a chunk. Chunk numbers start at 1. */
export function boundsOf({ chunks, end }: ChunkIndex, number: number): { start: Position; end: Position } {
  return { start: chunks[number - 1] ?? end, end: chunks[number] ?? end };
}

/** Returns whether a chunk has the bounds of the index. */
export function matchesIndex(index: ChunkIndex, chunk: { number: number; start: Position; end: Position }): boolean {
  const { start, end } = boundsOf(index, chunk.number);
  return same(start, chunk.start) && same(end, chunk.end);
}

function same(a: Position, b: Position): boolean {
  return a.row === b.row && a.line === b.line && a.byte === b.byte;
}
