import { layout } from '@etl/pipeline/layout';
import { batchesBelow } from '@etl/storage/batches';
import { readNewestCommit } from '@etl/storage/commitLog';
import { openStore } from '@etl/storage/openStore';
import { isProjected } from '@etl/storage/projected';
import { project } from '@etl/storage/projection';
import { parseConfig } from '../config/environment';

/** Completes every interrupted publication below the destination. Returns the locations that it published. */
export async function completePublications(): Promise<string[]> {
  const store = openStore();
  const { cleanBase } = parseConfig(process.env);
  const completed: string[] = [];
  for await (const batch of batchesBelow(store, cleanBase)) {
    const place = layout(cleanBase, batch);
    const newest = await readNewestCommit(store, place);
    if (!newest || (await isProjected(store, place, newest.manifest))) continue;
    await project(store, place);
    completed.push(place.published);
  }
  return completed;
}
