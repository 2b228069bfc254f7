import { pause } from '@etl/lib/pause';
import type { Running } from './component';

/** What is kept running. */
type Part = Pick<Running, 'pid' | 'exited' | 'stop'>;

export interface Supervisor {
  /** Returns the ID of the current process. */
  pid(): number;
  stop(): Promise<void>;
}

const stableSeconds = 60;
const maxDelaySeconds = 30;

/**
 * Starts a part, and restarts it with a backoff whenever it ends by itself: after 1 s, then 2, 4 … up to 30 s. A part
 * that ran for a minute starts again with 1 s. Rejects when the first start fails. `onStart` receives each process ID.
 */
export async function keepRunning(
  name: string,
  start: () => Promise<Part>,
  log: (line: string) => void,
  onStart: (pid: number) => void,
): Promise<Supervisor> {
  const stopping = new AbortController();
  let current: Part | undefined = await start();
  onStart(current.pid);

  const watch = async (): Promise<void> => {
    let crashes = 0;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      const how = (await current?.exited) ?? 'did not start';
      if (stopping.signal.aborted) return;
      crashes = performance.now() - startedAt > stableSeconds * 1000 ? 0 : crashes;
      const seconds = Math.min(maxDelaySeconds, 2 ** crashes++);
      log(`${name} stopped (${how}); restarting it in ${seconds} s`);
      await pause(seconds, stopping.signal);
      if (stopping.signal.aborted) return;
      current = await start().catch((error: Error) => {
        log(`${name}: ${error.message}`);
        return undefined;
      });
      if (current) onStart(current.pid);
    }
  };

  const watching = watch();
  return {
    pid: () => current?.pid ?? -1,
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
      await current?.stop(); // a process that was starting meanwhile
    },
  };
}
