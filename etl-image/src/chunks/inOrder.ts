/**
 * Does the work for several items at once, and yields each with its result in the items' order. The first failure ends it,
 * as soon as its turn comes.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  parallel: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<[Item, Result]> {
  const underWay: Promise<[Item, Result]>[] = [];
  for await (const item of items) {
    const result = work(item).then((done): [Item, Result] => [item, done]);
    result.catch(() => undefined); // it is looked at when its turn comes
    underWay.push(result);
    if (underWay.length >= parallel) yield await (underWay.shift() as Promise<[Item, Result]>);
  }
  for (const result of underWay) yield await result;
}
