/** The event loop of this process, as it is watched. */
export interface Turns {
  /** The most processor time, in seconds, that passed between two turns: for so long nothing else was answered. */
  readonly longestSeconds: number;
  readonly count: number;
  stop(): void;
}

/**
 * Watches the turns of the event loop. By processor time, not by the clock: other processes use this machine, too. All threads
 * of the process count, so that the truth is this or better.
 */
export function watchTurns(): Turns {
  let longestSeconds = 0;
  let count = 0;
  let isOver = false;
  let before = process.cpuUsage();
  const turn = (): void => {
    const { user, system } = process.cpuUsage(before);
    longestSeconds = Math.max(longestSeconds, (user + system) / 1e6);
    count++;
    before = process.cpuUsage();
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    get longestSeconds() {
      return longestSeconds;
    },
    get count() {
      return count;
    },
    stop: () => {
      isOver = true;
    },
  };
}
