import { activityInfo, heartbeat } from '@temporalio/activity';

const defaultTimeoutMs = 30_000;
/** Share of the heartbeat timeout after which the last heartbeat is repeated. */
const repeatShare = 2 / 3;

/**
 * Runs `work` with heartbeats beside it, whether or not anything answers the work: they show that this worker lives. `note`
 * sends a heartbeat at once, with details that later ones repeat.
 */
export async function withHeartbeat<T>(work: (note: (details: object) => void) => Promise<T>): Promise<T> {
  const { heartbeatTimeoutMs = defaultTimeoutMs } = activityInfo();
  let details: object | undefined;
  const timer = setInterval(() => heartbeat(details), heartbeatTimeoutMs * repeatShare);
  try {
    return await work((next) => {
      details = next;
      heartbeat(details);
      timer.refresh();
    });
  } finally {
    clearInterval(timer);
  }
}
