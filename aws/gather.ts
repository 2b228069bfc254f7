/**
 * Batches calls for single items: `flush` gets up to `most` items, at the latest `withinMs` milliseconds after the
 * first one. Each call settles like the flush that contains its item.
 */
export function gather<T>(
  flush: (items: readonly T[]) => Promise<void>,
  { most, withinMs }: { readonly most: number; readonly withinMs: number },
): (item: T) => Promise<void> {
  let waiting: { items: T[]; flushed: Promise<void>; now: () => void } | undefined;
  const begin = () => {
    const items: T[] = [];
    let now = (): void => undefined;
    const full = new Promise<void>((resolve) => {
      now = resolve;
    });
    const timer = setTimeout(now, withinMs);
    const flushed = full.then(() => {
      clearTimeout(timer);
      if (waiting?.items === items) waiting = undefined;
      return flush(items);
    });
    return { items, flushed, now };
  };
  return (item) => {
    waiting ??= begin();
    const { items, flushed, now } = waiting;
    items.push(item);
    if (items.length >= most) {
      waiting = undefined;
      now();
    }
    return flushed;
  };
}
