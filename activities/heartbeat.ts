import { fieldsOf } from '@etl/lib/reading';
import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import { repeatShare } from './reportPace';

const defaultTimeoutMs = 30_000;

/**
 * Sets the details of the next heartbeat; with `now`, sends it at once. Each heartbeat is a call to the server, and an
 * action on Temporal Cloud. @default now false
 */
export type Note = (details: object, now?: boolean) => void;

/**
 * Runs `work` and sends heartbeats until it ends, whether or not the work makes progress: they prove that this worker
 * is alive, and repeat the latest details. `current` returns further details at each heartbeat. @default none
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

/**
 * Returns the latest details of this attempt once its work has ended; otherwise those that the previous attempt passed
 * on.
 */
export function detailsToHandOn(): object {
  return lastDetails.get(Context.current()) ?? fieldsOf(activityInfo().heartbeatDetails);
}
