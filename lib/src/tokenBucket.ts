/** So many at once, and so many a second for ever. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Full at first. `now` is in milliseconds. Source: the token bucket algorithm. */
export function createTokenBucket({ burst, perSecond }: RateLimit, now: () => number) {
  let tokens = burst;
  let filledAt = now();
  return {
    /** False, and nothing taken, when there are not so many. */
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
