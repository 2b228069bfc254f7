import type { ObjectStore } from './objectStore';

const parallelCopies = 8;

export type Copy = readonly [from: string, to: string];

/** Yields functions that each copy a group of objects. A group waits for all its copies, even after a failure, so that none lands later. */
export function* copyGroups(store: Pick<ObjectStore, 'copy'>, copies: readonly Copy[]): Iterable<() => Promise<void>> {
  for (let first = 0; first < copies.length; first += parallelCopies) {
    yield async () => {
      const running = copies.slice(first, first + parallelCopies).map(([from, to]) => store.copy(from, to));
      for (const copy of await Promise.allSettled(running)) if (copy.status === 'rejected') throw copy.reason;
    };
  }
}
