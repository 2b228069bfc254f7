/** Lets so many calls through a second, on average; `burst` at once. */
export interface RateLimit {
  readonly callsPerSecond: number;
  readonly burst: number;
}

/** `take` returns whether there was a token. `now` is in milliseconds. */
export function createTokenBucket({ callsPerSecond, burst }: RateLimit, now: () => number) {
  let tokens = burst;
  let filledAt = now();
  return {
    take(): boolean {
      const at = now();
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * callsPerSecond);
      filledAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
