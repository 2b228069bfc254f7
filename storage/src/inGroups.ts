const groupSize = 8;

/**
 * Yields functions that each process a group of items in parallel. A group waits for all its items, even after a
 * failure, so that none is changed later.
 */
export function* inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Iterable<() => Promise<void>> {
  for (let first = 0; first < items.length; first += groupSize) {
    yield async () => {
      const running = items.slice(first, first + groupSize).map(work);
      for (const each of await Promise.allSettled(running)) if (each.status === 'rejected') throw each.reason;
    };
  }
}
