import { generator } from '../../local/random';

export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number from 0 to `bound`, without it. */
  below(bound: number): number;
  chance(share: number): boolean;
  pick<T>(of: readonly T[]): T;
}

/** The same numbers for the same seed. */
export function randomFrom(seed: number): Random {
  const next = generator(seed);
  const below = (bound: number): number => Math.floor(next() * bound);
  return { next, below, chance: (share) => next() < share, pick: (of) => of[below(of.length)] as never };
}
