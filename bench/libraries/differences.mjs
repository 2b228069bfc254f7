/** Counts the inputs on which a library differs from our code, with the first examples of each kind. */
export class Differences {
  constructor(name) {
    this.name = name;
    this.inputs = 0;
    this.kinds = new Map();
  }

  /** Adds an input and what differs: undefined if both agree. */
  add(kind, example) {
    this.inputs++;
    if (kind === undefined) return;
    const { count, examples } = this.kinds.get(kind) ?? { count: 0, examples: [] };
    if (examples.length < 3) examples.push(example);
    this.kinds.set(kind, { count: count + 1, examples });
  }

  report(say) {
    const total = [...this.kinds.values()].reduce((sum, { count }) => sum + count, 0);
    say(`${this.name}: ${total} of ${this.inputs} differ`);
    for (const [kind, { count, examples }] of this.kinds) say(`  ${count} ${kind}: ${examples.join(' | ')}`);
  }
}

/** Returns what a function returns, or `rejected` if it throws. */
export function orRejected(work) {
  try {
    return work();
  } catch {
    return rejected;
  }
}

export const rejected = Symbol('rejected');

/** Returns the CPU time of a synchronous function, in ms. */
export function cpuMs(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Returns the dependable part of repeated measurements: the median. */
export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
