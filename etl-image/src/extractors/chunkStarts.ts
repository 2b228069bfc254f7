import type { RowGroup } from '../engines/engine';
import { type Cutting, isEmptyLine, maxGroupBytes, openWindow, type Position } from './window';

/** First rows of a chunk are looked for in so much of it: it is waited for. */
const sampleBytes = 1024 * 1024;

/** Where a chunk begins, and its first rows, up to so many, as long as nothing else was asked for; undefined when they are too long. */
export interface ChunkStart {
  readonly start: Position;
  firstRows(most: number): RowGroup | undefined;
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
    while (window.size > 0) {
      if (!headerSeen) {
        if (!last && window.size < maxGroupBytes) return;
        headerSeen = !isEmptyLine(window.takeHeader(last));
        continue;
      }
      const start = window.position;
      const done = Math.floor((start.row - 1) / chunkRows);
      if (done === known) {
        if (!last && window.size < sampleBytes) return;
        known++;
        yield { start, firstRows: (most) => window.peek(most, last) };
      }
      if (window.pass((done + 1) * chunkRows - start.row + 1, last) === 0) return;
      onPosition(window.position);
    }
  };
  onPosition(window.position);
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += maxGroupBytes) {
      window.push(piece.subarray(at, at + maxGroupBytes));
      yield* scan(false);
      window.compact();
    }
  }
  yield* scan(true);
}
