import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { joinUri, parseUri } from '@etl/lib/uri';
import { type Batch, layout, manifestName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { ObjectStore } from '@etl/storage/objectStore';
import { StorageError } from '@etl/storage/objectStore';
import { isMap, parseDocument } from 'yaml';

/**
 * Uploads a local file to a bucket, with its folder, which names the dataset. Returns its URI. A file that does not
 * exist is not uploaded.
 */
export async function uploadSource(store: ObjectStore, file: string, bucket: string): Promise<string> {
  const path = pathOf(file);
  const uri = joinUri(`s3://${bucket}`, ...path.split('/').filter(Boolean).slice(-2));
  if (existsSync(path)) await store.upload(path, uri);
  return uri;
}

/**
 * Copies the declarations of datasets to a folder in a bucket, without their sinks: ministack has no warehouse, and the
 * other side has no destination in S3, so it applies none.
 */
export async function uploadDeclarations(store: ObjectStore, folder: string, target: string): Promise<void> {
  const path = pathOf(folder);
  if (!existsSync(path)) return;
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isFile()) {
      const text = await readFile(join(path, entry.name), 'utf8');
      await store.write(joinUri(target, entry.name), withoutSinks(text));
    }
}

/** A declaration that cannot be parsed remains as it is, and is reported by validation. */
function withoutSinks(declaration: string): string {
  const document = parseDocument(declaration);
  if (document.errors.length > 0 || !isMap(document.contents) || !document.has('sinks')) return declaration;
  document.delete('sinks');
  return document.toString();
}

/** Copies the published files of a batch to a local folder. Returns its manifest, or null if nothing was published. */
export async function downloadBatch(
  store: ObjectStore,
  batch: Batch,
  from: string,
  to: string,
): Promise<Manifest | null> {
  const [source, target] = [layout(from, batch).published, layout(to, batch).published];
  const manifest = await store.readSmall(joinUri(source, manifestName));
  if (!manifest) return null;
  for await (const { uri } of store.list(source)) {
    const path = pathOf(joinUri(target, uri.slice(source.length + 1)));
    await mkdir(dirname(path), { recursive: true });
    await pipeline(await store.openRead(uri), createWriteStream(path));
  }
  return JSON.parse(manifest.toString('utf8')) as Manifest;
}

function pathOf(uri: string): string {
  const location = parseUri(uri);
  if (location?.kind === 'file') return location.path;
  throw new StorageError('NotFound', uri, 'is not a local file');
}
