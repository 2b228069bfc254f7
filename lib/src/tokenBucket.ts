/** Maximum burst, and sustained rate per second. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Creates a token bucket, initially full. `now` returns milliseconds. */
export function createTokenBucket({ burst, perSecond }: RateLimit, now: () => number) {
  let tokens = burst;
  let filledAt = now();
  return {
    /** Takes `wanted` tokens; returns false, and takes none, if there are fewer. */
    take(wanted = 1): boolean {
      const at = now();
      tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * perSecond);
      filledAt = at;
      if (tokens < wanted) return false;
      tokens -= wanted;
      return true;
    },
  };
}
