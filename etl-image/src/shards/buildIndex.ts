import { indexName } from '@etl/pipeline/layout';
import type { ChunkIndex } from '../chunks/chunkIndex';
import { chunkStarts } from '../csv/chunkStarts';
import { cuttingOf, hintRows } from '../csv/rowGroups';
import { RowScanner } from '../csv/rowScanner';
import type { Position } from '../csv/window';
import { BadConfigurationError } from '../errors';
import type { Indexed } from '../report/results';
import { usage } from '../report/usage';
import { type Task, withEngine } from '../task';
import { Table } from '../types/table';

/** Finds where every chunk of the source begins, so that several tasks can convert it together. */
export async function buildIndex(task: Task): Promise<Indexed> {
  checkSeekable(task);
  const index = await scan(task);
  await task.folder.writeJson(indexName, index);
  await task.end();
  return { status: 'indexed', index: task.folder.at(indexName), chunks: index.chunks.length, rows: index.rows };
}

/** Throws `BadConfigurationError` for a source that can only be read from its beginning. */
export function checkSeekable({ source, env }: Task): void {
  if (source.seekable) return;
  const { compression, encoding } = source.head;
  const what = compression === 'none' ? encoding : compression;
  throw new BadConfigurationError(
    `${env.inputUri} is ${what}, which can only be read from its beginning: convert it with MODE=convert, in one task`,
  );
}

async function scan(task: Task): Promise<ChunkIndex> {
  const { env, source, content, progress, signal, startedAt } = task;
  const { endless: _, ...head } = source.head;
  const { columns, delimiter } = head;
  const cutting = cuttingOf(source, env.chunkRows);
  // Of small chunks a small share: what is looked at here is converted once more.
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
