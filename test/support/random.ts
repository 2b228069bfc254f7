import { generator } from '@etl/lib/random';

export interface Random {
  /** Returns a number in [0, 1). */
  next(): number;
  /** Returns an integer in [0, `bound`). */
  below(bound: number): number;
  chance(share: number): boolean;
  pick<T>(of: readonly T[]): T;
}

/** Returns a generator with the same numbers for the same seed. */
export function randomFrom(seed: number): Random {
  const next = generator(seed);
  const below = (bound: number): number => Math.floor(next() * bound);
  return { next, below, chance: (share) => next() < share, pick: (of) => of[below(of.length)] as never };
}
