import { fieldsOf } from '@etl/lib/reading';
import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import { repeatShare } from './reportPace';

const defaultTimeoutMs = 30_000;

/**
 * Takes the details of the next heartbeat; with `now` it is sent at once. Each heartbeat is a call to the server, and an action on
 * Temporal Cloud. @default now false
 */
export type Note = (details: object, now?: boolean) => void;

/**
 * Runs `work` with heartbeats beside it, whether or not anything answers the work: they show that this worker lives, and repeat the
 * newest details. `current` gives more details, as they are at each heartbeat. @default none
 */
export async function withHeartbeat<T>(work: (note: Note) => Promise<T>, current?: () => object): Promise<T> {
  const { heartbeatTimeoutMs = defaultTimeoutMs } = activityInfo();
  let details: object | undefined;
  const newest = () => (current ? { ...details, ...current() } : details);
  const beat = () => heartbeat(newest());
  const timer = setInterval(beat, heartbeatTimeoutMs * repeatShare);
  try {
    return await work((next, now = false) => {
      details = next;
      if (!now) return;
      beat();
      timer.refresh();
    });
  } finally {
    clearInterval(timer);
    const last = newest();
    if (last) lastDetails.set(Context.current(), last);
  }
}

const lastDetails = new WeakMap<Context, object>();

/** Returns the newest details of this attempt, whose work is over; else those that the attempt before has handed on. */
export function detailsToHandOn(): object {
  return lastDetails.get(Context.current()) ?? fieldsOf(activityInfo().heartbeatDetails);
}
