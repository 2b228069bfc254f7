import { indexName } from '@etl/pipeline/layout';
import type { ChunkIndex } from '../chunks/chunkIndex';
import { chunkStarts } from '../csv/chunkStarts';
import { cuttingOf, hintRows } from '../csv/rowGroups';
import { RowScanner } from '../csv/rowScanner';
import type { Position } from '../csv/window';
import { BadConfigurationError } from '../errors';
import type { BuiltIndex } from '../report/results';
import { usage } from '../report/usage';
import { type Task, withEngine } from '../task';
import { Table } from '../types/table';

/** Builds the index of the source's chunks, so that several tasks can convert it in parallel. */
export async function buildIndex(task: Task): Promise<BuiltIndex> {
  checkSeekable(task);
  const index = await scan(task);
  await task.folder.writeJson(indexName, index);
  await task.end();
  return { status: 'indexed', index: task.folder.at(indexName), chunks: index.chunks.length, rows: index.rows };
}

/**
 * Checks that the source can be read from any byte.
 *
 * @throws {BadConfigurationError} if it is compressed or not UTF-8
 */
export function checkSeekable({ source, env }: Task): void {
  if (source.seekable) return;
  const { compression, encoding } = source.head;
  const what = compression === 'none' ? encoding : compression;
  throw new BadConfigurationError(
    `${env.inputUri} is ${what} and can only be read from its start: convert it in one task with MODE=convert`,
  );
}

async function scan(task: Task): Promise<ChunkIndex> {
  const { env, source, content, progress, signal, startedAt } = task;
  const { endless: _, ...head } = source.head;
  const { columns, delimiter } = head;
  const cutting = cuttingOf(source, env.chunkRows);
  // At most 1 % of a chunk: the sampled rows are converted again.
  const sample = Math.min(hintRows(columns.length), Math.ceil(env.chunkRows / 100));
  const table = new Table(columns, env.options, delimiter, undefined, 'part');
  const chunks: Position[] = [];
  const groups: Position[] = [];
  let end: Position | undefined;
  progress.set({ phase: 'converting', bytesTotal: source.identity.bytes });
  const scanner = new RowScanner(cutting);
  const bytes = source.scan((bytesRead) => progress.set({ bytesRead }), scanner.slots);
  const note = (position: Position): void => {
    signal.throwIfAborted();
    progress.set({ rowsRead: position.row - 1 });
    end = position;
  };
  await withEngine(
    task,
    async (engine) => {
      for await (const { start, firstRows } of chunkStarts(bytes, cutting, note, scanner, (at) => groups.push(at))) {
        chunks.push(start);
        const rows = firstRows(sample);
        if (rows) table.add((await engine.read(rows, table.plans())).evidence);
      }
    },
    0,
  );
  if (!end) throw new Error('the source was not read');
  const { row: behind } = end;
  return {
    version: 1,
    ...content,
    head: { ...head, problems: [], compression: 'none', encoding: 'utf-8' },
    rows: end.row - 1,
    chunks,
    groups: groups.filter(({ row }) => row < behind),
    end,
    hints: [...table.known().seen],
    startedAt,
    usage: { ...usage(), bytesRead: source.bytesRead() },
  };
}
