import { generator } from '../random';

/** Decides for one rule, occasion by occasion. */
export interface Dice {
  /** Whether the rule does harm on this occasion. */
  hits(): boolean;
  /** The number itself, or one drawn between the two. */
  within(range: number | readonly [number, number]): number;
}

interface Chance {
  readonly probability: number;
  readonly times?: number | undefined;
  readonly after: number;
  readonly forSeconds?: number | undefined;
}

/**
 * The dice of the rule at `index` of a plan. Each rule has its own, so that what one decides does not depend on how
 * often the others were asked: its nth occasion has the same answer whenever the seed is the same. With `forSeconds`, each harm
 * lasts: every occasion within that time of `now` (milliseconds) is hit, too, and does not count toward `times`.
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
