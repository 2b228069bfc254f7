import type { CutGroup } from './rowGroups';
import { allocate, type Cutting, maxGroupBytes, type Position } from './window';

/**
 * Where `rowGroups` would cut this span, out of what an index knows of the source: the beginning of each group, and the end of the
 * last one. Undefined where it would cut by the length of a group, too, which the index has not looked at.
 */
export function cutsOf(known: readonly Position[], start: Position, end: Position): Position[] | undefined {
  const within = known.filter(({ row }) => row >= start.row && row < end.row);
  const cuts = [...within, end];
  const isWhole = within[0]?.byte === start.byte;
  const tooLong = cuts.some(({ byte }, at) => byte - (cuts[at - 1]?.byte ?? byte) > maxGroupBytes);
  return isWhole && !tooLong ? cuts : undefined;
}

/** What was said of the source is not so: a cut lies within a row. */
export class CutError extends Error {
  override readonly name = 'CutError';
  constructor(readonly chunk: number) {
    super(`chunk ${chunk} has a cut within a row`);
  }
}

/**
 * The groups between these cuts, of the bytes from the first to the last of them: nothing is looked for. Throws `CutError` for a
 * group that does not end where a row may.
 */
export async function* knownGroups(
  source: AsyncIterable<Buffer>,
  { chunkRows, recycled, lineEnd, mostBytes }: Cutting,
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
      if (end.byte < mostBytes && bytes.at(-1) !== lineEnd.charCodeAt(0)) throw new CutError(chunk);
      yield { bytes, rows: end.row - start.row, chunk, start, end };
      [bytes, filled] = [undefined, 0];
      at++;
    }
  }
}
