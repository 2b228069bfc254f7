import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, layout } from '@etl/pipeline/layout';
import { readNewestCommit } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { isProjected } from '@etl/storage/projected';
import { project } from '@etl/storage/projection';
import { parseConfig } from '../config/environment';

/** Completes every interrupted publication below the destination. Returns the locations that it published. */
export async function completePublications(): Promise<string[]> {
  const store = openStore();
  const { cleanBase } = parseConfig(process.env);
  const completed: string[] = [];
  for (const place of await batchesBelow(store, cleanBase)) {
    const newest = await readNewestCommit(store, place);
    if (!newest || (await isProjected(store, place, newest.manifest))) continue;
    await project(store, place);
    completed.push(place.published);
  }
  return completed;
}

/** Returns the batches found by their commit logs: `_etl/<dataset>/<batchDate>/<source>/commits/…`. */
async function batchesBelow(store: ObjectStore, destination: string): Promise<BatchLayout[]> {
  const root = joinUri(destination, '_etl');
  const found = new Map<string, BatchLayout>();
  for await (const { uri } of store.list(root)) {
    const [dataset, batchDate, source, folder] = uri
      .slice(root.length + 1)
      .split('/')
      .map(decodeURIComponent);
    if (folder !== 'commits' || !dataset || !batchDate || !source) continue;
    found.set(`${dataset}/${batchDate}/${source}`, layout(destination, { dataset, batchDate, source }));
  }
  return [...found.values()];
}
