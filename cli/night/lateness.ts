import { hasStopped, type LastCheck, toleratedIntervals } from '@etl/pipeline/calendar/lateAlert';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { ObjectStore } from '@etl/storage/objectStore';
import { readLastCheck } from '../../activities/calendar/records';
import { etlCommand, temporalCommand } from '../hints';
import { latenessSchedule } from '../latenessSchedule';
import { shortTime } from './problems';

/** State of the check for late batches. */
export type LatenessState =
  /** No dataset declares a schedule. */
  | { readonly state: 'notNeeded' }
  | { readonly state: 'neverRan' }
  | { readonly state: 'unknown'; readonly problem: string }
  | { readonly state: 'running' | 'stopped'; readonly last: LastCheck };

/** Reads when the last check for late batches has run. Never throws. */
export async function readLateness(
  store: Pick<ObjectStore, 'readSmall'>,
  cleanBase: string,
  datasets: Datasets,
  now = Date.now(),
): Promise<LatenessState> {
  if (!datasets.all().some(({ declaration }) => declaration.schedule)) return { state: 'notNeeded' };
  try {
    const last = await readLastCheck(store, cleanBase);
    if (!last) return { state: 'neverRan' };
    return { state: hasStopped(last, now) ? 'stopped' : 'running', last };
  } catch (error) {
    return { state: 'unknown', problem: (error as Error).message };
  }
}

/** Returns the state in one line, and the command that follows; undefined if there is nothing to say. */
export function describeLateness(
  lateness: LatenessState,
): { readonly fact: string; readonly remedy?: string } | undefined {
  switch (lateness.state) {
    case 'notNeeded':
      return undefined;
    case 'neverRan':
      return {
        fact: 'no check for late batches has run: a batch that does not start raises no alert',
        remedy: `Create it: ${etlCommand('schedule', 'lateness', '--every', '15')}`,
      };
    case 'unknown':
      return { fact: `the record of the last check cannot be read: ${lateness.problem}` };
    case 'running':
      return { fact: `last check at ${shortTime(Date.parse(lateness.last.at))}${unreadIn(lateness.last)}` };
    case 'stopped': {
      const { at, everyMinutes } = lateness.last;
      return {
        fact: `NO CHECK since ${shortTime(Date.parse(at))}, for more than ${toleratedIntervals} intervals of ${everyMinutes} minutes`,
        remedy: `Show its schedule: ${temporalCommand('schedule', 'describe', '--schedule-id', latenessSchedule)}`,
      };
    }
  }
}

function unreadIn({ unread }: LastCheck): string {
  return unread.length === 0 ? '' : `; it could not read ${unread.slice(0, 10).join(', ')}`;
}
