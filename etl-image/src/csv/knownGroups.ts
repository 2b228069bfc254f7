import type { CutGroup } from './rowGroups';
import { allocate, type Cutting, maxGroupBytes, type Position } from './window';

/**
 * Returns where `rowGroups` would cut this span, from the group starts of an index: the start of each group and the end
 * of the last one. Undefined if `rowGroups` would also cut by a group's length, which the index does not consider.
 */
export function cutsOf(known: readonly Position[], start: Position, end: Position): Position[] | undefined {
  const within = known.filter(({ row }) => row >= start.row && row < end.row);
  const cuts = [...within, end];
  const isWhole = within[0]?.byte === start.byte;
  const tooLong = cuts.some(({ byte }, at) => byte - (cuts[at - 1]?.byte ?? byte) > maxGroupBytes);
  return isWhole && !tooLong ? cuts : undefined;
}

/** Thrown when a cut lies within a row: the index does not match the source. */
export class CutError extends Error {
  override readonly name = 'CutError';
  constructor(readonly chunk: number) {
    super(`chunk ${chunk} has a cut within a row`);
  }
}

/**
 * Yields the groups between the cuts, without searching for row ends. The source starts at the first cut.
 *
 * @throws {CutError} if a group does not end with a line end
 */
export async function* knownGroups(
  source: AsyncIterable<Buffer>,
  { chunkRows, recycled, lineEnd, maxBytes }: Cutting,
  cuts: readonly Position[],
): AsyncGenerator<CutGroup> {
  let at = 0;
  let filled = 0;
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  for await (const piece of source) {
    for (let from = 0; from < piece.length; ) {
      const [start, end] = [cuts[at], cuts[at + 1]];
      if (!start || !end) return;
      bytes ??= allocate(recycled, end.byte - start.byte);
      const part = piece.subarray(from, from + bytes.length - filled);
      bytes.set(part, filled);
      from += part.length;
      filled += part.length;
      if (filled < bytes.length) continue;
      const chunk = Math.floor((start.row - 1) / chunkRows) + 1;
      if (end.byte < maxBytes && bytes.at(-1) !== lineEnd.charCodeAt(0)) throw new CutError(chunk);
      yield { bytes, rows: end.row - start.row, chunk, start, end };
      [bytes, filled] = [undefined, 0];
      at++;
    }
  }
}
