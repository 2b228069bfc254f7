import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { type CommitResult, commit } from './commitLog';
import type { ObjectStore } from './objectStore';
import { project } from './projection';

/** Commits and projects. What was committed before is projected too: a projection that was interrupted is mended. */
export async function publish(store: ObjectStore, place: BatchLayout, manifest: Manifest): Promise<CommitResult> {
  const result = await commit(store, place, manifest);
  await project(store, place);
  return result;
}
