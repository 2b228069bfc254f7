import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { manifestText } from './commitLog';
import type { ObjectStore } from './objectStore';

/** Returns whether the published folder holds exactly this manifest's text, its parts and `_SUCCESS`. */
export async function isProjected(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  place: BatchLayout,
  manifest: Manifest,
): Promise<boolean> {
  const published = await store.readSmall(joinUri(place.published, manifestName));
  if (published?.toString('utf8') !== manifestText(manifest)) return false;
  const expected = new Map(manifest.parts.map((part) => [part.file, part.bytes]));
  let success = false;
  for await (const { uri, bytes } of store.list(place.published)) {
    const name = uri.slice(place.published.length + 1);
    if (name === successName) success = true;
    else if (name !== manifestName && !takeIf(expected, name, bytes)) return false;
  }
  return success && expected.size === 0;
}

function takeIf(expected: Map<string, number>, name: string, bytes: number): boolean {
  return expected.get(name) === bytes && expected.delete(name);
}
