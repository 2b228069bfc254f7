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
}

/**
 * The dice of the rule at `index` of a plan. Each rule has its own, so that what one decides does not depend on how
 * often the others were asked: its nth occasion has the same answer whenever the seed is the same.
 */
export function createDice(seed: number, index: number, { probability, times = Infinity, after }: Chance): Dice {
  const decide = generator(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const measure = generator(Math.imul(seed, 0x85ebca6b) ^ Math.imul(index + 1, 0x9e3779b1));
  let [occasions, harm] = [0, 0];
  return {
    hits() {
      occasions++;
      const isHit = decide() < probability;
      if (!isHit || occasions <= after || harm >= times) return false;
      harm++;
      return true;
    },
    within(range) {
      if (typeof range === 'number') return range;
      const [from, to] = range;
      return from + measure() * (to - from);
    },
  };
}
