import { orAborted } from '@etl/lib/orAborted';

/**
 * Runs work on a system that is starting, and stops the system afterwards, also one that is still starting when the signal
 * aborts. Rejects with the signal's reason once it aborts.
 */
export async function whileRunning<System extends { stop(): Promise<void> }, Result>(
  starting: Promise<System>,
  signal: AbortSignal,
  work: (system: System) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(await orAborted(starting, signal));
  } finally {
    await starting.then(
      (system) => system.stop(),
      () => undefined,
    );
  }
}
