import { addDays } from '@etl/lib/timeZones';
import { joinUri, parseUri, segmentsOf, trimSlashes } from '@etl/lib/uri';
import { type Batch, type BatchLayout, layout } from '@etl/pipeline/layout';
import { sourceOn } from '@etl/pipeline/quality/sourceOn';
import { batchesBelow, nameOf } from '@etl/storage/batches';
import { readCommits, readNewestCommit } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { PreviousCommit, ReportedCommit } from '../../report/run/data';

type Store = Pick<ObjectStore, 'list' | 'readSmall'>;

/** Commits of a batch that are read to find the one of a run. */
const maxCommits = 20;

/**
 * Returns the commit of a run, else the newest one if `orNewest`; undefined if there is none.
 *
 * @throws {StorageError}
 */
export async function commitOf(
  store: Store,
  place: BatchLayout,
  runId: string | undefined,
  orNewest: boolean,
): Promise<ReportedCommit | undefined> {
  let newest: ReportedCommit | undefined;
  let read = 0;
  for await (const { number, manifest } of readCommits(store, place)) {
    const isOwn = runId === undefined || manifest.runId === runId;
    if (isOwn) return { number, manifest, isOwn };
    newest ??= { number, manifest, isOwn };
    if (++read >= maxCommits) break;
  }
  return orNewest ? newest : undefined;
}

/** Days before the batch date in which the previous batch is looked for. */
const lookbackDays = 40;

/**
 * Returns the dataset's newest commit of an earlier batch date: that of the same feed if the date has several sources.
 *
 * @throws {StorageError}
 */
export async function previousCommit(
  store: Store,
  destination: string,
  { dataset, batchDate, source }: Batch,
): Promise<PreviousCommit | undefined> {
  const after = nameOf({ dataset, batchDate: addDays(batchDate, -lookbackDays), source: '' });
  let found: Batch | undefined;
  for await (const batch of batchesBelow(store, destination, { dataset, after })) {
    if (batch.batchDate >= batchDate) break;
    const isSameFeed = batch.source === sourceOn(source, batchDate, batch.batchDate);
    if (isSameFeed || found?.batchDate !== batch.batchDate) found = batch;
  }
  if (!found) return undefined;
  const commit = await readNewestCommit(store, layout(destination, found));
  if (!commit) return undefined;
  const { schema, totals } = commit.manifest;
  return { batchDate: found.batchDate, source: found.source, schema, rowsWritten: totals.rowsWritten };
}

/** Returns the destination of a published batch: its URI without dataset, date and source. */
export function destinationOf(published: string): string | undefined {
  if (!parseUri(published) || segmentsOf(published).length < 3) return undefined;
  return trimSlashes(published).split('/').slice(0, -3).join('/');
}

/** Returns the URI of a file that a manifest names relative to the internal folder of its batch. */
export const internalUri = (place: BatchLayout, path: string): string => joinUri(place.internal, ...path.split('/'));
