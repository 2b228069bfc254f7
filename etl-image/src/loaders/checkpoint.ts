import { type BatchLayout, checkpointName } from '@etl/pipeline/layout';
import type { SourceIdentity } from '@etl/pipeline/manifest';
import { joinUri } from '@etl/pipeline/uri';
import { type Content, sameContent } from '@etl/storage/fence';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { ConversionState } from '../conversion';

/** What a later generation needs in order to take finished chunks over, written after each of them. */
export interface Checkpoint extends ConversionState {
  readonly version: 1;
  readonly source: SourceIdentity;
  readonly optionsHash: string;
  readonly program: string;
}

/**
 * The furthest of the checkpoints that any launch left for this very source, these options and this program, if all files it
 * names are there. Its owner may still be alive: what it has written it never writes again.
 */
export async function findCheckpoint(
  store: ObjectStore,
  place: BatchLayout,
  content: Content,
): Promise<Checkpoint | undefined> {
  const found: Checkpoint[] = [];
  for await (const { uri } of store.list(place.works)) {
    if (!uri.endsWith(`/${checkpointName}`)) continue;
    const checkpoint = parse(await store.readSmall(uri));
    if (checkpoint && sameContent(checkpoint, content)) found.push(checkpoint);
  }
  found.sort((a, b) => b.chunks.length - a.chunks.length);
  for (const checkpoint of found) if (await isWhole(store, place, checkpoint)) return checkpoint;
  return undefined;
}

/** A checkpoint is written whole or not at all; one of another version is none. */
function parse(bytes: Buffer | undefined): Checkpoint | undefined {
  try {
    const checkpoint = JSON.parse(String(bytes)) as Checkpoint;
    return checkpoint.version === 1 && Array.isArray(checkpoint.chunks) ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

async function isWhole(store: ObjectStore, place: BatchLayout, { chunks }: Checkpoint): Promise<boolean> {
  for (const { part, rejects, coercions } of chunks) {
    if (part && (await store.head(joinUri(place.internal, part.location)))?.bytes !== part.bytes) return false;
    for (const location of [rejects, coercions]) {
      if (location !== undefined && !(await store.head(joinUri(place.internal, location)))) return false;
    }
  }
  return true;
}
