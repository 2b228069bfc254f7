import type { ObjectStore } from './objectStore';

export interface Ahead {
  /** Ranges that are read at a time; all of them may be in memory. */
  readonly streams: number;
  readonly rangeBytes: number;
}

/**
 * The bytes of an object from `start` up to, not including, `end`, in order, with several ranges of it read at a time: one
 * stream from S3 brings less than a processor can look at. Throws what reading throws, in its place in the order.
 */
export async function* readAhead(
  store: Pick<ObjectStore, 'openRead'>,
  uri: string,
  { start, end, ifMatch }: { readonly start: number; readonly end: number; readonly ifMatch: string },
  { streams, rangeBytes }: Ahead,
): AsyncGenerator<Buffer> {
  const underway: Promise<Buffer[]>[] = [];
  let next = start;
  const begin = (): void => {
    if (next >= end) return;
    const range = { start: next, end: Math.min(next + rangeBytes, end), ifMatch };
    next = range.end;
    const pieces = gather(store, uri, range);
    // One that fails is heard of in its turn, or by nobody when the reader has left.
    pieces.catch(() => undefined);
    underway.push(pieces);
  };
  for (let stream = 0; stream < streams; stream++) begin();
  for (let pieces = underway.shift(); pieces !== undefined; pieces = underway.shift()) {
    const read = await pieces;
    begin();
    yield* read;
  }
}

async function gather(
  store: Pick<ObjectStore, 'openRead'>,
  uri: string,
  range: { readonly start: number; readonly end: number; readonly ifMatch: string },
): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of await store.openRead(uri, range)) pieces.push(piece as Buffer);
  return pieces;
}
