import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { type CommitResult, commit } from './commitLog';
import type { ObjectStore } from './objectStore';
import { type ProjectionSettings, project, projectionSettings } from './projection';

/** Commits and projects. What was committed before is projected too: a projection that was interrupted is mended. */
export async function publish(
  store: ObjectStore,
  place: BatchLayout,
  manifest: Manifest,
  settings: ProjectionSettings = projectionSettings,
): Promise<CommitResult> {
  const result = await commit(store, place, manifest);
  await project(store, place, settings);
  return result;
}
