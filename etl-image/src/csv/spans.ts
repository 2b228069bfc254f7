import type { Position } from './window';

/**
 * Consecutive rows between two chunk boundaries. Without a start or an end, from the start or to the end of the source.
 */
export interface Span {
  readonly start: Position | undefined;
  readonly end: Position | undefined;
}

interface Placed {
  readonly number: number;
  readonly start: Position;
  readonly end: Position;
}

/** Returns the spans that these chunks, in order, do not cover. */
export function gaps(chunks: readonly Placed[], { start, end }: Span): Span[] {
  const found: Span[] = [];
  let at = start;
  for (const chunk of chunks) {
    if (at === undefined ? chunk.number > 1 : chunk.start.row > at.row) found.push({ start: at, end: chunk.start });
    at = chunk.end;
  }
  if (end === undefined || at === undefined || at.row < end.row) found.push({ start: at, end });
  return found;
}

/** Groups chunks, in order, into runs of consecutive ones. */
export function runsOf<Chunk extends Placed>(chunks: readonly Chunk[]): Chunk[][] {
  const runs: Chunk[][] = [];
  for (const chunk of chunks) {
    const last = runs.at(-1);
    if (last?.at(-1)?.number === chunk.number - 1) last?.push(chunk);
    else runs.push([chunk]);
  }
  return runs;
}
