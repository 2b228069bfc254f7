import { sameUri } from '@etl/lib/uri';
import { type DeclaredNames, legacyBatch, resolveBatch } from '@etl/pipeline/batchIdentity';
import { type Batch, layout } from '@etl/pipeline/layout';
import { type Commit, readNewestCommit } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';

export interface FoundBatch {
  readonly batch: Batch;
  /** The newest commit; absent if there is none. */
  readonly newest?: Commit;
}

/**
 * Returns the batch that a source is delivered as, and its newest commit. A source that an earlier version delivered
 * under another name keeps that name, so that readers do not find its rows twice.
 * @throws {StorageError}
 */
export async function findBatch(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  destination: string,
  declared: DeclaredNames,
  sourceUri: string,
  rawBase: string | undefined,
): Promise<FoundBatch> {
  const batch = resolveBatch(declared, sourceUri, rawBase);
  const newest = await readNewestCommit(store, layout(destination, batch));
  if (newest) return { batch, newest };
  const legacy = legacyBatch(declared, sourceUri);
  if (legacy.dataset === batch.dataset && legacy.source === batch.source) return { batch };
  const earlier = await readNewestCommit(store, layout(destination, legacy));
  const isItsOwn = earlier !== undefined && sameUri(earlier.manifest.source.uri, sourceUri);
  return isItsOwn ? { batch: legacy, newest: earlier } : { batch };
}
