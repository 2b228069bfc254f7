import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, committedLocation } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { commitFolderName } from './commitFolder';
import { inGroups } from './inGroups';
import { type ObjectStore, StorageError } from './objectStore';

/**
 * Copies the parts of a manifest into the commit folder of its launch, which then contains exactly these parts, and
 * returns the manifest with their locations there. Idempotent: parts that are already there stay. Hard links on files,
 * server-side copies on S3.
 *
 * @throws {StorageError} `NotFound` if a part is missing
 */
export async function gatherParts(store: ObjectStore, place: BatchLayout, manifest: Manifest): Promise<Manifest> {
  const name = commitFolderName(manifest);
  const folder = place.commitFolder(name);
  const sizes = await sizesIn(store, folder);
  const wanted = manifest.parts.map((part) => ({
    ...part,
    from: place.part(part.location),
    to: joinUri(folder, part.file),
  }));
  const toCopy = wanted.filter(({ to, bytes }) => sizes.get(to) !== bytes);
  await checkSources(store, toCopy);
  for (const copyGroup of inGroups(toCopy, ({ from, to }) => store.copy(from, to))) await copyGroup();
  const parts = new Set(wanted.map(({ to }) => to));
  for (const uri of sizes.keys()) if (!parts.has(uri)) await store.remove(uri);
  await checkAll(store, folder, wanted);
  return {
    ...manifest,
    parts: manifest.parts.map((part) => ({ ...part, location: committedLocation(name, part.file) })),
  };
}

interface Wanted {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
}

async function checkSources(store: ObjectStore, wanted: readonly Wanted[]): Promise<void> {
  const folders = new Set(wanted.map(({ from }) => from.slice(0, from.lastIndexOf('/'))));
  const found = new Map<string, number>();
  for (const folder of folders) for (const [uri, bytes] of await sizesIn(store, folder)) found.set(uri, bytes);
  for (const { from, bytes } of wanted) if (found.get(from) !== bytes) throw missing(from, bytes);
}

async function checkAll(store: ObjectStore, folder: string, wanted: readonly Wanted[]): Promise<void> {
  const sizes = await sizesIn(store, folder);
  for (const { to, bytes } of wanted) if (sizes.get(to) !== bytes) throw missing(to, bytes);
}

function missing(uri: string, bytes: number): StorageError {
  return new StorageError(
    'NotFound',
    uri,
    `the part of ${bytes} bytes is missing, so nothing was committed: run again`,
  );
}

async function sizesIn(store: ObjectStore, folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { uri, bytes } of store.list(folder)) sizes.set(uri, bytes);
  return sizes;
}
