import { generator } from '@etl/lib/random';

/** Decides for one rule, occasion by occasion. */
export interface Dice {
  /** Returns whether the rule injects its fault on this occasion. */
  hits(): boolean;
  /** Returns the number itself, or a random one within the range. */
  within(range: number | readonly [number, number]): number;
}

interface Chance {
  readonly probability: number;
  readonly times?: number | undefined;
  readonly after: number;
  readonly forSeconds?: number | undefined;
}

/**
 * Creates the dice of the rule at `index` of a plan. Each rule has its own generator, so its decisions do not depend on
 * how often other rules were asked: for the same seed, its nth occasion always has the same outcome. With `forSeconds`,
 * a fault lasts: every occasion within that time (`now` returns milliseconds) is hit, too, and does not count toward
 * `times`.
 */
export function createDice(seed: number, index: number, chance: Chance, now: () => number): Dice {
  const { probability, times = Infinity, after, forSeconds = 0 } = chance;
  const decide = generator(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const measure = generator(Math.imul(seed, 0x85ebca6b) ^ Math.imul(index + 1, 0x9e3779b1));
  let [occasions, harm, until] = [0, 0, Number.NEGATIVE_INFINITY];
  return {
    hits() {
      occasions++;
      const isHit = decide() < probability;
      if (now() < until) return true;
      if (!isHit || occasions <= after || harm >= times) return false;
      harm++;
      until = now() + forSeconds * 1000;
      return true;
    },
    within(range) {
      if (typeof range === 'number') return range;
      const [from, to] = range;
      return from + measure() * (to - from);
    },
  };
}
