import { utimes } from 'node:fs/promises';

export const heartbeatSeconds = 2;

/**
 * Touches the launch's scratch folder periodically while the event loop is responsive. The image's health check reads
 * the folder's modification time. Other users cannot write to the folder or replace it with a link. Best effort.
 *
 * @returns a function that stops the heartbeat
 */
export function startHeartbeat(scratch: string): () => void {
  const beat = () => {
    const now = new Date();
    utimes(scratch, now, now).catch(() => undefined);
  };
  const timer = setInterval(beat, heartbeatSeconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}
