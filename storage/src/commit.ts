import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { type Commit, manifestText, readNewestCommit } from './commitLog';
import { type Decision, decide } from './fence';
import { gatherParts } from './gatherParts';
import type { ObjectStore } from './objectStore';
import { awaitTurns, type TurnTimings, turnTimings } from './turns';

export interface CommitResult extends Commit {
  /** For `already`, `superseded` and `conflict`, number and manifest are those of the newest commit. */
  readonly status: Exclude<Decision, 'commit'> | 'committed';
}

/**
 * Commits the manifest, if the newest commit allows it: gathers the parts in the commit folder, then creates the log
 * entry. Creating the log entry only if it is absent decides a race: the loser reads the log again and decides again.
 * The launch must have written to its work folder before (see vacuum.ts).
 *
 * @throws {StorageError} `NotFound` if a part of the manifest is missing
 */
export async function commit(
  store: ObjectStore,
  place: BatchLayout,
  manifest: Manifest,
  replaces?: string,
  timings: TurnTimings = turnTimings,
): Promise<CommitResult> {
  let gathered: Manifest | undefined;
  for (;;) {
    const newest = await readNewestCommit(store, place);
    const decision = decide(newest?.manifest, manifest, replaces);
    if (newest && decision !== 'commit') return { ...newest, status: decision };
    if (!gathered) {
      // Parts that an earlier launch of this run has gathered may be about to be removed: its folder looked abandoned.
      await awaitTurns(store, place.removals, timings);
      gathered = await gatherParts(store, place, manifest);
    }
    const number = (newest?.number ?? 0) + 1;
    if (await store.writeIfAbsent(place.commit(number), manifestText(gathered))) {
      return { status: 'committed', number, manifest: gathered };
    }
  }
}
