import type { RowGroup } from '../engines/engine';
import { type Cutting, isEmptyLine, maxGroupBytes, openWindow, type Position } from './window';

/** Where a chunk begins, and its first rows, up to so many, as long as nothing else was asked for. */
export interface ChunkStart {
  readonly start: Position;
  firstRows(most: number): RowGroup;
}

/**
 * Where the chunks of the decoded source begin, in order; the rows are not copied out. `onPosition` is told how far it is, and at
 * last where the source ends. Throws `RowError` for a row that does not end.
 */
export async function* chunkStarts(
  source: AsyncIterable<Buffer>,
  cutting: Cutting,
  onPosition: (position: Position) => void,
): AsyncGenerator<ChunkStart> {
  const window = openWindow(cutting);
  const { chunkRows } = cutting;
  let headerSeen = false;
  let known = 0;
  const scan = function* (last: boolean): Generator<ChunkStart> {
    while (window.size >= maxGroupBytes || (last && window.size > 0)) {
      if (!headerSeen) {
        headerSeen = !isEmptyLine(window.takeHeader(last));
        continue;
      }
      const start = window.position;
      const done = Math.floor((start.row - 1) / chunkRows);
      if (done === known) {
        known++;
        yield { start, firstRows: (most) => window.peek(most, last) };
      }
      window.pass((done + 1) * chunkRows - start.row + 1, last);
      onPosition(window.position);
    }
  };
  onPosition(window.position);
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += maxGroupBytes) {
      window.push(piece.subarray(at, at + maxGroupBytes));
      yield* scan(false);
    }
  }
  yield* scan(true);
}
