import { cut } from '@etl/lib/capped';
import { addDays } from '@etl/lib/timeZones';
import { latenessOf } from '@etl/pipeline/calendar/alerts';
import { cellOf } from '@etl/pipeline/calendar/cell';
import { type ExpectedBatch, expectedBatches, tonight } from '@etl/pipeline/calendar/expected';
import type { LateAlert } from '@etl/pipeline/calendar/lateAlert';
import { type BatchDay, RunsByDay } from '@etl/pipeline/calendar/runsOfDay';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { latenessRecords } from '@etl/pipeline/layout';
import { resolveDestination } from '@etl/pipeline/plan';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { LateQuery, LateReport } from '../contract';
import { inTurn } from '../inTurn';
import type { RunLister } from '../ports';
import { readDayFacts } from './dayFacts';

export interface LateSearch {
  readonly store: Pick<ObjectStore, 'head' | 'list' | 'readSmall'>;
  readonly runLister: RunLister;
  readonly datasets: Datasets;
  readonly cleanBase: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Batches that are read at a time. */
const readsAtATime = 16;

/** Longest reason of a dataset that cannot be read, in characters. */
const maxReason = 300;

/**
 * Finds the due batches of the last days that deserve an alert and have none.
 *
 * @throws if no dataset could be read
 */
export async function findLate(search: LateSearch, { lookbackDays, limit }: LateQuery): Promise<LateReport> {
  const { datasets, now, runLister } = search;
  const unread: { dataset: string; reason: string }[] = [];
  const due: DueBatch[] = [];
  for (const dataset of datasets.all()) {
    try {
      due.push(...dueBatches(dataset, now, lookbackDays));
    } catch (error) {
      unread.push({ dataset: dataset.name, reason: cut((error as Error).message, maxReason) });
    }
  }
  const runs = new RunsByDay(due.length === 0 ? [] : await runLister.ofDays(due.map(({ day }) => day)));
  const alerts: LateAlert[] = [];
  const errors: unknown[] = [];
  await inTurn(due, readsAtATime, async (each) => {
    try {
      alerts.push(...(await alertsOf(search, each, runs)));
    } catch (error) {
      errors.push(error);
      unread.push({ dataset: each.dataset.name, reason: cut((error as Error).message, maxReason) });
    }
  });
  if (due.length > 0 && errors.length === due.length) throw errors[0];
  alerts.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const known = new Set<string>();
  const datasetsOnce = unread.filter(({ dataset }) => !known.has(dataset) && known.add(dataset));
  return {
    batches: due.length,
    alerts: alerts.slice(0, limit),
    more: Math.max(0, alerts.length - limit),
    unread: datasetsOnce.slice(0, limit),
  };
}

interface DueBatch {
  readonly dataset: Dataset;
  readonly expected: ExpectedBatch;
  readonly day: BatchDay;
}

function dueBatches(dataset: Dataset, now: number, lookbackDays: number): DueBatch[] {
  const { name, declaration } = dataset;
  const { timeZone, dayOffset = 0 } = declaration.schedule ?? {};
  const zone = timeZone === undefined ? {} : { timeZone };
  // Local days begin and end within 14 hours of those of UTC.
  const today = addDays(new Date(now).toISOString().slice(0, 10), dayOffset);
  return expectedBatches(dataset, addDays(today, -lookbackDays - 1), addDays(today, 1))
    .filter(({ dueAt, startsAt }) => dueAt <= now && startsAt > now - lookbackDays * 24 * 3_600_000)
    .map((expected) => ({
      dataset,
      expected,
      day: { dataset: name, batchDate: expected.batchDate, dayOffset, ...zone },
    }));
}

async function alertsOf(
  { store, runLister, cleanBase, now }: LateSearch,
  { dataset, expected, day }: DueBatch,
  runs: RunsByDay,
): Promise<LateAlert[]> {
  const { destination, sinks, owner } = dataset.declaration;
  const query = { ...day, sinks, destination: resolveDestination(destination, cleanBase) };
  const found = await readDayFacts(store, query, { runs: runs.of(day) });
  // Only a batch that seems missing depends on its schedule.
  const isMissing = cellOf(expected, found, now).state === 'missing';
  const schedule = isMissing ? await runLister.schedule(day.dataset) : undefined;
  // A declaration without a schedule in Temporal may be new: earlier nights were never expected.
  const isTonight = tonight(dataset, now)?.batchDate === expected.batchDate;
  if (schedule?.exists === false && !isTonight) return [];
  const facts = { ...found, ...(schedule && { schedule }) };
  const { state } = cellOf(expected, facts, now);
  const { batchDate, startsAt, deadlineAt } = expected;
  const alerts = latenessOf(expected, facts, now).map(
    (kind): LateAlert => ({
      kind,
      dataset: dataset.name,
      batchDate,
      state,
      startsAt: new Date(startsAt).toISOString(),
      ...(deadlineAt !== undefined && { deadlineAt: new Date(deadlineAt).toISOString() }),
      ...(owner && { owner: owner.team }),
    }),
  );
  const records = latenessRecords(cleanBase);
  const isNew = await Promise.all(
    alerts.map(async ({ kind }) => !(await store.head(records.alert(dataset.name, batchDate, kind)))),
  );
  return alerts.filter((_, index) => isNew[index]);
}

const keyOf = ({ dataset, batchDate, kind }: LateAlert): string => `${dataset} ${batchDate} ${kind}`;
