/**
 * Processes up to `parallel` items concurrently and yields each with its result, in order. A failure is thrown in its
 * turn and ends the iteration.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  parallel: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<[Item, Result]> {
  const pending: Promise<[Item, Result]>[] = [];
  for await (const item of items) {
    const result = work(item).then((done): [Item, Result] => [item, done]);
    result.catch(() => undefined); // handled in its turn
    pending.push(result);
    if (pending.length >= parallel) yield await (pending.shift() as Promise<[Item, Result]>);
  }
  for (const result of pending) yield await result;
}
