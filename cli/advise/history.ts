import type { Batch } from '@etl/pipeline/layout';
import { layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { batchesBelow } from '@etl/storage/batches';
import { readNewestCommit } from '@etl/storage/commitLog';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';

/** Maximum number of manifests that are read of a dataset: those of its latest batches. */
export const maxBatches = 200;
/** Number of manifests that are read at the same time. */
const parallel = 8;

export interface HistoryQuery {
  readonly destination: string;
  /** @default all datasets */
  readonly dataset?: string;
  /** First and last batch date, inclusive. */
  readonly from: string;
  readonly to: string;
}

export interface DatasetHistory {
  readonly dataset: string;
  /** Manifest of the newest commit of each batch, ordered by batch date. */
  readonly manifests: readonly Manifest[];
  /** Number of batches that were not read because they are not among the latest 200. */
  readonly left: number;
  /** Number of batches whose newest commit is unreadable. */
  readonly unreadable: number;
}

/** Yields the commits of each dataset below a destination. Reads at most 200 manifests of each. */
export async function* histories(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  { destination, dataset, from, to }: HistoryQuery,
): AsyncIterable<DatasetHistory> {
  const read = (batches: readonly Batch[]) => historyOf(store, destination, batches);
  let batches: Batch[] = [];
  for await (const batch of batchesBelow(store, destination, dataset === undefined ? {} : { dataset })) {
    if (batch.batchDate < from || batch.batchDate > to) continue;
    if (batches[0] && batches[0].dataset !== batch.dataset) {
      yield await read(batches);
      batches = [];
    }
    batches.push(batch);
  }
  if (batches.length > 0) yield await read(batches);
}

async function historyOf(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  destination: string,
  all: readonly Batch[],
): Promise<DatasetHistory> {
  const batches = all.slice(-maxBatches);
  const manifests: Manifest[] = [];
  let unreadable = 0;
  for (let from = 0; from < batches.length; from += parallel) {
    const places = batches.slice(from, from + parallel).map((batch) => layout(destination, batch));
    const commits = await Promise.all(places.map((place) => readNewestCommit(store, place).catch(unreadableOnly)));
    for (const commit of commits) {
      if (commit) manifests.push(commit.manifest);
      else unreadable++;
    }
  }
  return { dataset: all[0]?.dataset ?? '', manifests, left: all.length - batches.length, unreadable };
}

function unreadableOnly(error: unknown): undefined {
  if (error instanceof StorageError && (error.code === 'Corrupt' || error.code === 'NotFound')) return undefined;
  throw error;
}
