export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number from 0 to `bound`, without it. */
  below(bound: number): number;
  chance(share: number): boolean;
  pick<T>(of: readonly T[]): T;
}

/** The same numbers for the same seed. Source: mulberry32, public domain. */
export function randomFrom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return { next, below, chance: (share) => next() < share, pick: (of) => of[below(of.length)] as never };
}
