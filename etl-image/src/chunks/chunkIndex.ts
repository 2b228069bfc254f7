import { parseJson } from '@etl/lib/json';
import { describeIssue } from '@etl/lib/schemaIssues';
import type { Content } from '@etl/storage/fence';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import * as z from 'zod';
import type { Position } from '../csv/window';
import { BadConfigurationError } from '../errors';
import { content, count, evidence } from './schemas';

const place = z.strictObject({ row: count.min(1), line: count.min(1), byte: count });

/** What the file's head showed: shards need not look at it again. */
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
});

const indexSchema = z.strictObject({
  version: z.literal(1),
  ...content,
  head,
  rows: count,
  /** Where each chunk begins, the first one behind the header. */
  chunks: z.array(place),
  /** Where their further row groups begin. */
  groups: z.array(place),
  /** Behind the last row. */
  end: place,
  /** What the first rows of each chunk say of the columns. */
  hints: z.array(evidence),
  startedAt: z.iso.datetime(),
  usage: z.strictObject({ cpuSeconds: z.number(), peakMemoryMiB: z.number(), bytesRead: count }),
});

/** Where the chunks of a source begin: what its shards are cut by. */
export type ChunkIndex = z.infer<typeof indexSchema>;

/** Undefined when there is none. Throws `BadConfigurationError` for what is no index. */
export async function readIndex(store: ObjectStore, uri: string): Promise<ChunkIndex | undefined> {
  const body = await store.readSmall(uri);
  return body && parseIndex(uri, body.toString('utf8'));
}

/**
 * Whether an index is of this very source. Throws `StorageError` (`SourceChanged`) when the source is another one by now, and
 * `BadConfigurationError` for an index that does not fit.
 */
export function checkIndex(
  index: ChunkIndex,
  uri: string,
  { source, optionsHash, program }: Content,
  chunkRows: number,
) {
  if (index.source.uri !== source.uri) throw refusal(uri, `is of ${index.source.uri}`);
  if (index.source.fingerprint !== source.fingerprint) {
    throw new StorageError('SourceChanged', source.uri, `the file has changed since ${uri} was made: start a new run`);
  }
  if (index.optionsHash !== optionsHash) throw refusal(uri, 'was made with other options: make it again');
  if (index.program !== program)
    throw refusal(uri, `was made by ${index.program}, and this is ${program}: make it again`);
  const problem = problemOf(index, chunkRows);
  if (problem) throw refusal(uri, `${problem}: make it again`);
}

function refusal(uri: string, why: string): Error {
  return new BadConfigurationError(`SHARD_INDEX: ${uri} ${why}`);
}

function parseIndex(uri: string, text: string): ChunkIndex {
  let found: unknown;
  try {
    found = parseJson(text);
  } catch (error) {
    throw refusal(uri, `${(error as Error).message}: create it again with MODE=index`);
  }
  const parsed = indexSchema.safeParse(found);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, [], found)).slice(0, 3);
  throw refusal(uri, `is no index of version 1: ${problems.join('; ')}`);
}

/** What cannot be, whatever the source. */
function problemOf(
  { source, head, rows, chunks, groups, end, hints }: ChunkIndex,
  chunkRows: number,
): string | undefined {
  const { length } = head.columns;
  if (hints.length !== length) return `has hints of ${hints.length} columns, and the file has ${length}`;
  if (end.row !== rows + 1 || end.byte > source.bytes) return `ends at row ${end.row}, byte ${end.byte}`;
  if (chunks.length !== Math.ceil(rows / chunkRows)) return `has ${chunks.length} chunks of ${rows} rows`;
  for (const [at, { row, line, byte }] of chunks.entries()) {
    const next = chunks[at + 1] ?? end;
    if (row !== at * chunkRows + 1 || line >= next.line + (next === end ? 1 : 0) || byte >= next.byte)
      return `has no such chunk ${at + 1}: row ${row}, line ${line}, byte ${byte}`;
  }
  const wrong = groups.find(({ row, line, byte }, at) => {
    const next = groups[at + 1] ?? end;
    return row >= next.row || line > next.line || byte >= next.byte;
  });
  return wrong && `has no such group: row ${wrong.row}, line ${wrong.line}, byte ${wrong.byte}`;
}

/** Where every group begins, in order. */
export function groupStarts({ chunks, groups }: ChunkIndex): Position[] {
  return [...chunks, ...groups].sort((a, b) => a.row - b.row);
}

/** From where to where a chunk goes; numbers start at 1. */
export function boundsOf({ chunks, end }: ChunkIndex, number: number): { start: Position; end: Position } {
  return { start: chunks[number - 1] ?? end, end: chunks[number] ?? end };
}

/** Whether a chunk lies where the index says. */
export function fits(index: ChunkIndex, chunk: { number: number; start: Position; end: Position }): boolean {
  const { start, end } = boundsOf(index, chunk.number);
  return same(start, chunk.start) && same(end, chunk.end);
}

function same(a: Position, b: Position): boolean {
  return a.row === b.row && a.line === b.line && a.byte === b.byte;
}
