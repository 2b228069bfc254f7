/** The due time of a timer in milliseconds, and its callback. */
interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Runs `work` with `setTimeout` and `Date.now` of a virtual clock, which jumps to the next timer as soon as nothing
 * else can run: hours pass immediately, and waits are exact. `work` must not wait for files or sockets.
 */
export async function inVirtualTime<T>(work: () => Promise<T>): Promise<T> {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now };
  const timers = new Map<number, Timer>();
  let now = Date.UTC(2026, 1, 9);
  let handles = 0;
  const schedule = (run: () => void, delay = 0): number => {
    timers.set(++handles, { at: now + delay, run });
    return handles;
  };
  globalThis.setTimeout = schedule as never;
  globalThis.clearTimeout = ((handle: number) => timers.delete(handle)) as never;
  Date.now = () => now;
  let ended = false;
  const result = work().finally(() => {
    ended = true;
  });
  // The caller receives the failure below.
  result.catch(() => undefined);
  try {
    for (;;) {
      await settled();
      if (ended) return await result;
      const due = Math.min(...[...timers.values()].map(({ at }) => at));
      if (due === Number.POSITIVE_INFINITY) throw new Error('everything waits, and no timer is pending');
      now = due;
      for (const [handle, { at, run }] of [...timers]) {
        if (at > now || !timers.delete(handle)) continue;
        run();
      }
    }
  } finally {
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    Date.now = real.now;
  }
}

/** Resolves after all promises that can settle have settled. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
