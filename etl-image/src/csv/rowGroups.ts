import type { FieldDialect } from '@etl/pipeline/csv/splitRow';
import type { RowGroup } from './window';
import { type Cutting, isPreamble, maxGroupBytes, openWindow, type Position, Window } from './window';

const maxGroupRows = 100_000;
/** So that the places of all fields fit into memory: a file of thousands of columns has smaller groups. */
const maxGroupFields = 4 * 1024 * 1024;

/** Rows of one chunk, in the order of the source. */
export interface CutGroup extends RowGroup {
  /** 1, 2, … */
  readonly chunk: number;
  readonly start: Position;
  readonly end: Position;
}

/** How a source is cut whose head was looked at. */
export function cuttingOf({ head, firstByte, mostBytes }: CutSource, chunkRows: number): Cutting {
  const { delimiter, quote, lineEnd, columns } = head;
  return { delimiter, quote, lineEnd, columns: columns.length, chunkRows, firstByte, mostBytes, recycled: [] };
}

type CutSource = Pick<Cutting, 'firstByte' | 'mostBytes'> & {
  readonly head: FieldDialect & { readonly columns: readonly unknown[] };
};

/** How many rows a group has where its bytes allow them. */
export function groupRowsOf({ chunkRows, columns }: Pick<Cutting, 'chunkRows' | 'columns'>): number {
  return Math.max(1, Math.min(maxGroupRows, chunkRows, Math.floor(maxGroupFields / columns)));
}

/** Rows that are looked at before anything else, so that parts are written under a likely schema: so many, and no more fields. */
export function hintRows(columns: number): number {
  return Math.ceil(Math.min(1000, 100_000 / columns));
}

/**
 * Cuts the decoded source into row groups. Chunks have exactly `chunkRows` source rows, the last one excepted; groups end
 * where chunks do, and else by the rows' number and length alone: the same source gives the same groups, in whatever pieces
 * it arrives. `from`: the beginning of a chunk, where these bytes begin; else they begin with the header. Throws `RowError` for
 * a row that does not end.
 */
export async function* rowGroups(
  source: AsyncIterable<Buffer>,
  cutting: Cutting,
  from?: Position,
): AsyncGenerator<CutGroup> {
  const window = openWindow(cutting, from);
  const { chunkRows } = cutting;
  const groupRows = groupRowsOf(cutting);
  let headerSeen = from !== undefined;
  const cut = function* (last: boolean): Generator<CutGroup> {
    while (window.size >= maxGroupBytes || (last && window.size > 0)) {
      if (!headerSeen) {
        headerSeen = !isPreamble(window.takeHeader(last));
        continue;
      }
      const start = window.position;
      const chunk = Math.floor((start.row - 1) / chunkRows) + 1;
      const group = window.take(Math.min(groupRows, chunk * chunkRows - start.row + 1), last);
      yield { ...group, chunk, start, end: window.position };
    }
  };
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += maxGroupBytes) {
      window.push(piece.subarray(at, at + maxGroupBytes));
      yield* cut(false);
    }
  }
  yield* cut(true);
}

/** A copy of a group's first rows. */
export function firstRows(group: CutGroup, cutting: Cutting, most: number): RowGroup {
  const window = new Window(cutting, group.start, group.bytes.length);
  window.push(group.bytes);
  return window.take(most, true);
}
