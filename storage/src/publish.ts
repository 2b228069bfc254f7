import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { type CommitResult, commit } from './commit';
import type { ObjectStore } from './objectStore';
import { type ProjectionSettings, project, projectionSettings } from './projection';

/**
 * Commits a manifest and projects the newest commit, also if the manifest is not committed: the projection of the
 * existing commit may have been interrupted.
 *
 * @see mayReplace for `replaces`
 */
export async function publish(
  store: ObjectStore,
  place: BatchLayout,
  manifest: Manifest,
  settings: ProjectionSettings = projectionSettings,
  replaces?: string,
): Promise<CommitResult> {
  const result = await commit(store, place, manifest, replaces, settings.turns);
  await project(store, place, settings);
  return result;
}
