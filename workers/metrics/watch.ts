import type { Logger } from 'pino';
import type { Reading } from './readings';

/** Interval between two readings of all queues, in seconds, and its lower bound in rehearsals. */
const readingSeconds = 30;
const minReadingSeconds = 1;

/** Returns the interval between two readings in seconds, for a factor of waits (`ETL_TIME_SCALE`). */
export const readingInterval = (timeScale: number): number => Math.max(readingSeconds * timeScale, minReadingSeconds);

/**
 * Reads every `seconds` until it is stopped, beginning at once. A call that has not ended is not repeated meanwhile. A failed
 * call withdraws its gauges: a server without the call, or a missing permission, is not an error of the worker.
 */
export function watch(readings: readonly Reading[], log: Pick<Logger, 'debug'>, seconds: number) {
  const running = new Set<Reading>();
  let stopped = false;
  const run = async (reading: Reading): Promise<void> => {
    if (running.has(reading)) return;
    running.add(reading);
    try {
      await reading.read();
    } catch (error) {
      if (!stopped) reading.withdraw();
      log.debug({ queue: reading.name, error: (error as Error).message }, 'the length of a queue is unknown');
    } finally {
      running.delete(reading);
    }
  };
  const runAll = (): void => {
    for (const reading of readings) void run(reading);
  };
  runAll();
  const timer = setInterval(runAll, seconds * 1000).unref();
  return {
    stop(): void {
      stopped = true;
      clearInterval(timer);
    },
  };
}
