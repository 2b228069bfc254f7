import type { Preamble } from '@etl/pipeline/csv/preamble';
import type { FieldDialect } from '@etl/pipeline/csv/splitRow';
import type { RowGroup } from './window';
import { type Cutting, isPreamble, maxGroupBytes, openWindow, type Position, Window } from './window';

const maxGroupRows = 100_000;
/** Limits the memory of field positions: files with thousands of columns have smaller groups. */
const maxGroupFields = 4 * 1024 * 1024;

/** Rows of one chunk, in the order of the source. */
export interface CutGroup extends RowGroup {
  /** 1, 2, … */
  readonly chunk: number;
  readonly start: Position;
  readonly end: Position;
}

/** Returns how to cut a source with an inspected head. */
export function cuttingOf({ head, firstByte, maxBytes }: CutSource, chunkRows: number): Cutting {
  const { delimiter, quote, lineEnd, columns } = head;
  const firstLine = 1 + (head.preamble?.lines ?? 0);
  return {
    delimiter,
    quote,
    lineEnd,
    columns: columns.length,
    chunkRows,
    firstByte,
    firstLine,
    maxBytes,
    recycled: [],
  };
}

type CutSource = Pick<Cutting, 'firstByte' | 'maxBytes'> & {
  readonly head: FieldDialect & { readonly columns: readonly unknown[]; readonly preamble?: Preamble };
};

/** Returns the maximum number of rows of a group. `maxGroupBytes` may limit it further. */
export function groupRowsOf({ chunkRows, columns }: Pick<Cutting, 'chunkRows' | 'columns'>): number {
  return Math.max(1, Math.min(maxGroupRows, chunkRows, Math.floor(maxGroupFields / columns)));
}

/**
 * Returns the number of rows to sample before the conversion, so that it starts under a likely schema: at most 1000,
 * and 100 000 fields.
 */
export function hintRows(columns: number): number {
  return Math.ceil(Math.min(1000, 100_000 / columns));
}

/**
 * Cuts the decoded source into row groups. Chunks have exactly `chunkRows` source rows, except the last one. Groups end
 * with their chunk, or by the number and length of their rows alone: the same source gives the same groups, in whatever
 * pieces it arrives. `from`: the start of a chunk at which the bytes start. Without it, they start with the header.
 *
 * @throws {RowError} if a row does not end
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

/** Returns a copy of up to `max` first rows of a group. */
export function firstRows(group: CutGroup, cutting: Cutting, max: number): RowGroup {
  const window = new Window(cutting, group.start, group.bytes.length);
  window.push(group.bytes);
  return window.take(max, true);
}
