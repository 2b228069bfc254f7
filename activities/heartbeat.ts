import { activityInfo, heartbeat } from '@temporalio/activity';
import { repeatShare } from './reportPace';

const defaultTimeoutMs = 30_000;

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
