import { addDays, dayIn } from '@etl/lib/timeZones';
import { batchesOfRuns } from '../runs/batchesOfRuns';
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
 * scheduled batches near its start. `RunsByDay` decides about each run.
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

/** Runs by the day whose batch they deliver, or a file of it. */
export class RunsByDay {
  /** By dataset and batch date: pipelines, and batches that a command started. */
  private readonly started = new Map<string, RunFacts[]>();
  /** By dataset: batches that a schedule started, with their scheduled time. */
  private readonly scheduled = new Map<string, { readonly at: Date; readonly run: RunFacts }[]>();

  constructor(runs: readonly RunFacts[]) {
    const batches = batchesOfRuns(runs);
    for (const [index, run] of runs.entries()) {
      const [, dataset = '', time] = scheduledId.exec(run.workflowId) ?? [];
      const [, day = keyOf(batches[index] ?? {})] = batchId.exec(run.workflowId) ?? [];
      if (time !== undefined) add(this.scheduled, dataset, { at: new Date(time), run });
      else if (day !== undefined) add(this.started, day, run);
    }
  }

  /** Returns the runs of a day. */
  of(day: BatchDay): RunFacts[] {
    const { dataset, batchDate, timeZone = 'UTC', dayOffset = 0 } = day;
    const scheduled = this.scheduled.get(dataset) ?? [];
    return [
      ...(this.started.get(`${dataset}/${batchDate}`) ?? []),
      ...scheduled.filter(({ at }) => dayIn(timeZone, at, dayOffset) === batchDate).map(({ run }) => run),
    ];
  }
}

const scheduledId = /^nightly\/(.+)-(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/;
const batchId = /^batch\/([^/]+\/\d{4}-\d{2}-\d{2})$/;

const keyOf = ({ dataset, batchDate }: Partial<BatchDay>): string | undefined =>
  dataset === undefined || batchDate === undefined ? undefined : `${dataset}/${batchDate}`;

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
