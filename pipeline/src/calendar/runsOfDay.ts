import { addDays, dayIn } from '@etl/lib/timeZones';
import { batchOfRun } from '../runs/batchOfRun';
import type { RunFacts } from '../runs/runFacts';

/** A dataset's batch of one day. Its schedule determines which scheduled runs have this batch date. */
export interface BatchDay {
  readonly dataset: string;
  readonly batchDate: string;
  /** @default 'UTC' */
  readonly timeZone?: string;
  /** @default 0 */
  readonly dayOffset?: number;
}

/**
 * Returns beginnings of workflow IDs that all runs of a day have: those of its files, of a batch by command, and of
 * scheduled batches near its start. `isRunOf` decides about each run.
 */
export function workflowIdsOf({ dataset, batchDate, dayOffset = 0 }: BatchDay): string[] {
  const start = addDays(batchDate, -dayOffset);
  // A local day overlaps at most three days of UTC.
  const days = [-1, 0, 1].map((away) => addDays(start, away));
  return [
    `etl/${dataset}/${batchDate}/`,
    `batch/${dataset}/${batchDate}`,
    ...days.map((day) => `nightly/${dataset}-${day}T`),
  ];
}

/**
 * Returns whether a run delivers the batch of a day, or a file of it: by its workflow ID, or by its answer or memo if it
 * was started with another ID.
 */
export function isRunOf(day: BatchDay, run: Pick<RunFacts, 'workflowId' | 'memo' | 'answer'>): boolean {
  const { dataset, batchDate, timeZone = 'UTC', dayOffset = 0 } = day;
  const { workflowId } = run;
  if (workflowId === `batch/${dataset}/${batchDate}`) return true;
  const known = batchOfRun(run);
  if (known.dataset === dataset && known.batchDate === batchDate) return true;
  const scheduled = `nightly/${dataset}-`;
  if (!workflowId.startsWith(scheduled)) return false;
  const [time] = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.exec(workflowId.slice(scheduled.length)) ?? [];
  return time !== undefined && dayIn(timeZone, new Date(time), dayOffset) === batchDate;
}
