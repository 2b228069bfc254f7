import { parseUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { type Commit, readNewestCommit } from './commitLog';
import { type Folders, folders } from './folders';
import type { ObjectStore } from './objectStore';
import { isProjected } from './projected';
import { projectToBucket } from './projectToBucket';
import { projectToFolder } from './projectToFolder';
import { type TurnTimings, takeTurn, turnTimings } from './turns';

export interface ProjectionSettings {
  readonly folders: Folders;
  readonly turns: TurnTimings;
}

export const projectionSettings: ProjectionSettings = { folders, turns: turnTimings };

/**
 * Projects the newest commit to the published folder. Idempotent and safe to call concurrently: a correct projection is
 * left unchanged, and a projector that a newer commit overtakes projects again.
 *
 * @returns the projected commit; undefined without commits
 */
export async function project(
  store: ObjectStore,
  place: BatchLayout,
  settings: ProjectionSettings = projectionSettings,
): Promise<Commit | undefined> {
  for (;;) {
    const newest = await readNewestCommit(store, place);
    if (!newest) return undefined;
    if (!(await isProjected(store, place, newest.manifest))) await projectInTurn(store, place, newest, settings);
    const after = await readNewestCommit(store, place);
    if (after?.number === newest.number) return newest;
  }
}

async function projectInTurn(store: ObjectStore, place: BatchLayout, commit: Commit, settings: ProjectionSettings) {
  const turn = await takeTurn(store, place, commit.number, settings.turns);
  if (!turn) return;
  if (!(await isProjected(store, place, commit.manifest))) {
    if (parseUri(place.published)?.kind === 'file') {
      await projectToFolder(store, settings.folders, place, commit, turn);
    } else {
      await projectToBucket(store, place, commit, turn);
    }
  }
  await turn.end();
}
