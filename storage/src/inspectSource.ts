import { type HeadInspection, headBytes, type inspectHead, longHeadBytes } from '@etl/pipeline/csv/inspectHead';
import type { Options } from '@etl/pipeline/options';
import type { ObjectInfo, ObjectStore } from './objectStore';

/**
 * Inspects the head of a source. Reads a longer head only if the first line does not end in the short one.
 *
 * @param inspect `inspectInThread` in a process that serves others meanwhile, `inspectHead` in one that works on this source alone.
 */
export async function inspectSource(
  store: ObjectStore,
  info: ObjectInfo,
  options: Options,
  inspect: typeof inspectHead,
): Promise<HeadInspection> {
  const inspection = await inspectFirst(store, info, headBytes, options, inspect);
  const more = inspection.endless && info.bytes > headBytes;
  return more ? inspectFirst(store, info, longHeadBytes, options, inspect) : inspection;
}

async function inspectFirst(
  store: ObjectStore,
  { uri, bytes, fingerprint }: ObjectInfo,
  maxBytes: number,
  options: Options,
  inspect: typeof inspectHead,
): Promise<HeadInspection> {
  const pieces: Buffer[] = [];
  if (bytes > 0) {
    const range = { start: 0, end: Math.min(bytes, maxBytes), ifMatch: fingerprint };
    for await (const piece of await store.openRead(uri, range)) pieces.push(piece as Buffer);
  }
  return inspect(Buffer.concat(pieces), { ...options, complete: bytes <= maxBytes });
}
