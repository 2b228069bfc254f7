import { type HeadInspection, headBytes, inspectHead, longHeadBytes } from '@etl/pipeline/csv/inspectHead';
import type { Options } from '@etl/pipeline/options';
import type { ObjectInfo, ObjectStore } from './objectStore';

/** Reads the head of a source, and more of it only when its first line does not end there. */
export async function inspectSource(store: ObjectStore, info: ObjectInfo, options: Options): Promise<HeadInspection> {
  const inspection = await inspectFirst(store, info, headBytes, options);
  const more = inspection.endless && info.bytes > headBytes;
  return more ? inspectFirst(store, info, longHeadBytes, options) : inspection;
}

async function inspectFirst(
  store: ObjectStore,
  { uri, bytes, fingerprint }: ObjectInfo,
  most: number,
  options: Options,
): Promise<HeadInspection> {
  const pieces: Buffer[] = [];
  if (bytes > 0) {
    const range = { start: 0, end: Math.min(bytes, most), ifMatch: fingerprint };
    for await (const piece of await store.openRead(uri, range)) pieces.push(piece as Buffer);
  }
  return inspectHead(Buffer.concat(pieces), { ...options, complete: bytes <= most });
}
