import type { ObjectStore } from './objectStore';

export interface ReadAheadOptions {
  /** Number of ranges read in parallel. All of them may be in memory. */
  readonly streams: number;
  readonly rangeBytes: number;
}

/**
 * Reads the bytes of an object from `start` up to, not including, `end`, in order, with several ranges in parallel: one
 * stream from S3 is slower than the consumer. Throws errors of a range in its turn.
 */
export async function* readAhead(
  store: Pick<ObjectStore, 'openRead'>,
  uri: string,
  { start, end, ifMatch }: { readonly start: number; readonly end: number; readonly ifMatch: string },
  { streams, rangeBytes }: ReadAheadOptions,
): AsyncGenerator<Buffer> {
  const pending: Promise<Buffer[]>[] = [];
  let next = start;
  const begin = (): void => {
    if (next >= end) return;
    const range = { start: next, end: Math.min(next + rangeBytes, end), ifMatch };
    next = range.end;
    const pieces = readRange(store, uri, range);
    // A failure is thrown in its turn; it is dropped if the consumer stops before.
    pieces.catch(() => undefined);
    pending.push(pieces);
  };
  for (let stream = 0; stream < streams; stream++) begin();
  for (let pieces = pending.shift(); pieces !== undefined; pieces = pending.shift()) {
    const read = await pieces;
    begin();
    yield* read;
  }
}

async function readRange(
  store: Pick<ObjectStore, 'openRead'>,
  uri: string,
  range: { readonly start: number; readonly end: number; readonly ifMatch: string },
): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of await store.openRead(uri, range)) pieces.push(piece as Buffer);
  return pieces;
}
