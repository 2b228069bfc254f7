import type { CommitFact, DayFacts, RunFact } from '@etl/pipeline/calendar/cell';
import { runFactOf } from '@etl/pipeline/calendar/runFact';
import type { BatchDay } from '@etl/pipeline/calendar/runsOfDay';
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
  /** Runs of the day (`RunsByDay`); absent if Temporal could not be read. */
  readonly runs?: readonly RunFacts[];
  /** Commits of the batch. @default they are read, as far as the state of the batch depends on them */
  readonly commits?: readonly CommitFact[];
}

/**
 * Reads the facts about a batch from the storage.
 *
 * @throws {StorageError}
 */
export async function readDayFacts(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  day: DayQuery,
  { runs, commits: known }: ReadOptions,
): Promise<DayFacts> {
  const ofDay = runs?.map(runFactOf);
  const failed = (ofDay ?? []).filter(({ state }) => state === 'failed');
  const failedSources = new Set(failed.map(({ source }) => source));
  const commits = known ?? (await readCommits(store, day, (source) => failedSources.has(source))).commits;
  const appliedSources = await sourcesWithCurrentSinks(store, day, failed);
  return {
    commits,
    ...(ofDay && { runs: ofDay }),
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
