import type { DayFacts, RunFact, ScheduleFact } from '@etl/pipeline/calendar/cell';
import { runFactOf } from '@etl/pipeline/calendar/runFact';
import { type BatchDay, isRunOf } from '@etl/pipeline/calendar/runsOfDay';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import type { ObjectStore } from '@etl/storage/objectStore';
import { sinkStates } from '../sinks/sinkStates';
import { readCommits } from './readCommits';

/** What is read of a batch. */
export interface DayQuery extends BatchDay {
  readonly destination: string;
  /** Sinks of the dataset. @default none */
  readonly sinks?: Sinks | undefined;
}

export interface ReadOptions {
  /** Runs of this and other days; absent if Temporal could not be read. */
  readonly runs?: readonly RunFacts[];
  readonly schedule?: ScheduleFact | undefined;
  /** Whether to read the rows of all commits; otherwise, only what the state of the batch depends on. @default false */
  readonly rows?: boolean;
}

/**
 * Reads the facts about a batch from the storage, and selects its runs.
 *
 * @throws {StorageError}
 */
export async function readDayFacts(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  day: DayQuery,
  { runs, schedule, rows = false }: ReadOptions,
): Promise<DayFacts & { readonly unreadRows: number }> {
  const ofDay = runs?.filter(({ workflowId }) => isRunOf(day, workflowId)).map(runFactOf);
  const failed = (ofDay ?? []).filter(({ state }) => state === 'failed');
  const failedSources = new Set(failed.map(({ source }) => source));
  const { dataset, batchDate, destination } = day;
  const query = { dataset, batchDate, destination };
  const { commits, unread } = await readCommits(store, query, (source) => rows || failedSources.has(source));
  const appliedSources = await sourcesWithCurrentSinks(store, day, failed);
  return {
    commits,
    unreadRows: rows ? unread : 0,
    ...(ofDay && { runs: ofDay }),
    ...(schedule && { schedule }),
    ...(appliedSources.length > 0 && { appliedSources }),
  };
}

/** Returns the sources whose run ended with `SinkFailed`, and whose sinks have all applied the newest commit since. */
async function sourcesWithCurrentSinks(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  { dataset, batchDate, destination, sinks = {} }: DayQuery,
  failed: readonly RunFact[],
): Promise<string[]> {
  const current: string[] = [];
  for (const { source, failureType } of failed) {
    if (source === undefined || failureType !== 'SinkFailed') continue;
    const { states } = await sinkStates(store, destination, { dataset, batchDate, source }, sinks);
    if (states.every(({ behind }) => !behind)) current.push(source);
  }
  return current;
}
