/** Measurements of the event loop of this process. */
export interface Turns {
  /** The longest CPU time between two turns, in seconds: the process answered nothing else meanwhile. */
  readonly longestSeconds: number;
  /** Measurements so far. */
  readonly count: number;
  stop(): void;
}

/**
 * Watches the turns of the event loop. Measures CPU time instead of wall time, since other processes use this machine.
 * Includes all threads of the process, so the actual value is this or less. A timer measures: an idle process would spin
 * if each of its turns were measured.
 */
export function watchTurns(): Turns {
  let longestSeconds = 0;
  let count = 0;
  let before = process.cpuUsage();
  const measure = (): void => {
    const { user, system } = process.cpuUsage(before);
    longestSeconds = Math.max(longestSeconds, (user + system) / 1e6);
    count++;
    before = process.cpuUsage();
  };
  const timer = setInterval(measure, 1);
  return {
    get longestSeconds() {
      return longestSeconds;
    },
    get count() {
      return count;
    },
    stop: () => {
      clearInterval(timer);
      measure();
    },
  };
}
