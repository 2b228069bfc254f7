import type { CommitFact } from '@etl/pipeline/calendar/cell';
import { layout } from '@etl/pipeline/layout';
import { batchesBelow } from '@etl/storage/batches';
import { readNewestCommit } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import { inTurn } from '../inTurn';

/** A dataset's batch of one day, and where it is published. */
export interface CommitsOfDay {
  readonly dataset: string;
  readonly batchDate: string;
  readonly destination: string;
}

export interface CommitReading {
  readonly commits: readonly CommitFact[];
  /** Number of commits whose manifest was not read although it was needed: their rows are not counted. */
  readonly unread: number;
}

/** Manifests that are read at a time for one batch. */
const readsAtATime = 8;

/** Manifests of one batch that are read at most. */
const maxManifests = 500;

/**
 * Lists the sources of a batch that have a commit, and reads the newest manifests of those that `needs` selects.
 *
 * @throws {StorageError}
 */
export async function readCommits(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  { destination, dataset, batchDate }: CommitsOfDay,
  needs: (source: string) => boolean,
): Promise<CommitReading> {
  const day = { dataset, batchDate };
  const sources: string[] = [];
  for await (const { source } of batchesBelow(store, destination, day)) sources.push(source);
  const needed = new Set(sources.filter(needs).slice(0, maxManifests));
  const commits = await inTurn(sources, readsAtATime, async (source): Promise<CommitFact> => {
    const newest = needed.has(source) && (await readNewestCommit(store, layout(destination, { ...day, source })));
    if (!newest) return { source, rows: 0, runStartedAt: 0 };
    const { totals, runStartedAt } = newest.manifest;
    return { source, rows: totals.rowsWritten, runStartedAt: Date.parse(runStartedAt) || 0 };
  });
  return { commits, unread: sources.filter(needs).length - needed.size };
}
