import type { BatchLayout } from '@etl/pipeline/layout';
import { parseUri } from '@etl/pipeline/uri';
import { type Commit, readNewestCommit } from './commitLog';
import type { ObjectStore } from './objectStore';
import { isProjected } from './projected';
import { projectToBucket } from './projectToBucket';
import { projectToFolder } from './projectToFolder';

/**
 * Makes the published folder show the newest commit. Anyone may call it at any time: what is right is left alone, and
 * whoever was overtaken while projecting projects again. Returns the commit that is shown; undefined without any.
 */
export async function project(store: ObjectStore, place: BatchLayout): Promise<Commit | undefined> {
  const project = parseUri(place.published)?.kind === 'file' ? projectToFolder : projectToBucket;
  for (;;) {
    const newest = await readNewestCommit(store, place);
    if (!newest) return undefined;
    if (!(await isProjected(store, place, newest.manifest))) await project(store, place, newest);
    const after = await readNewestCommit(store, place);
    if (after?.number === newest.number) return newest;
  }
}
