import { layout } from '@etl/pipeline/layout';
import { sourceOn } from '@etl/pipeline/quality/sourceOn';
import { readNewestCommit } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';

/** Days before the batch date in which earlier batches are searched. */
export const historyDays = 35;
/** Number of earlier batches of an average. */
export const averageOf = 7;

const dayMs = 86_400_000;
/** Concurrent searches. */
const atOnce = 7;

interface BatchOf {
  readonly dataset: string;
  readonly source: string;
  readonly batchDate: string;
  readonly destination: string;
}

/**
 * Returns the rows written for the newest earlier batch dates of a source, newest first, at most `wanted` of them. A
 * source with the batch date in its name has other names on other dates.
 */
export async function earlierRows(store: ObjectStore, batch: BatchOf, wanted: number): Promise<number[]> {
  const found: number[] = [];
  for (let day = 1; day <= historyDays && found.length < wanted; day += atOnce) {
    const days = Array.from({ length: Math.min(atOnce, historyDays - day + 1) }, (_, at) => day + at);
    const rows = await Promise.all(days.map((each) => rowsOn(store, batch, each)));
    found.push(...rows.flatMap((each) => each ?? []));
  }
  return found.slice(0, wanted);
}

async function rowsOn(store: ObjectStore, batch: BatchOf, daysBefore: number): Promise<number | undefined> {
  const { dataset, source, destination } = batch;
  const batchDate = new Date(Date.parse(batch.batchDate) - daysBefore * dayMs).toISOString().slice(0, 10);
  const earlier = { dataset, batchDate, source: sourceOn(source, batch.batchDate, batchDate) };
  const commit = await readNewestCommit(store, layout(destination, earlier));
  return commit?.manifest.totals.rowsWritten;
}
