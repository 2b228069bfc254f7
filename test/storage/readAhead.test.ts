import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ReadOptions, StorageError } from '@etl/storage/objectStore';
import { readAhead } from '@etl/storage/readAhead';

const object = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

/** A store whose later ranges arrive before its earlier ones, if possible. */
function slowStore(failingFrom = Number.POSITIVE_INFINITY) {
  const asked: ReadOptions[] = [];
  let open = 0;
  let mostOpen = 0;
  const openRead = async (uri: string, range: ReadOptions = {}): Promise<Readable> => {
    const { start = 0, end = object.length } = range;
    asked.push(range);
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    await sleep(20 - Math.min(15, start / 50));
    open -= 1;
    if (start >= failingFrom) throw new StorageError('SourceChanged', uri, 'it has changed');
    const middle = start + Math.floor((end - start) / 2);
    return Readable.from([object.subarray(start, middle), object.subarray(middle, end)]);
  };
  return { openRead, asked, mostOpen: () => mostOpen };
}

async function readAll(store: ReturnType<typeof slowStore>, start: number, end: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readAhead(
    store,
    's3://b/k',
    { start, end, ifMatch: 'e' },
    { streams: 3, rangeBytes: 70 },
  )) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

test('reads all bytes of one version in order, with a bounded number of parallel ranges', async () => {
  const store = slowStore();
  expect(await readAll(store, 0, 1000)).toEqual(object);
  expect(store.mostOpen()).toBe(3);
  expect(store.asked).toHaveLength(Math.ceil(1000 / 70));
  expect(new Set(store.asked.map(({ ifMatch }) => ifMatch))).toEqual(new Set(['e']));
});

test.each([
  [0, 0],
  [0, 1],
  [69, 140],
  [70, 140],
  [990, 1000],
])('reads the range from %i to %i', async (start, end) => {
  expect(await readAll(slowStore(), start, end)).toEqual(object.subarray(start, end));
});

test('fails at an unreadable range, after all bytes before it', async () => {
  const read: Buffer[] = [];
  const bytes = readAhead(
    slowStore(350),
    's3://b/k',
    { start: 0, end: 1000, ifMatch: 'e' },
    { streams: 3, rangeBytes: 70 },
  );
  const reading = async () => {
    for await (const piece of bytes) read.push(piece);
  };
  await expect(reading()).rejects.toMatchObject({ code: 'SourceChanged' });
  expect(Buffer.concat(read)).toEqual(object.subarray(0, 350));
});

test('requests nothing more after the reader stops', async () => {
  const store = slowStore(210);
  for await (const _ of readAhead(
    store,
    's3://b/k',
    { start: 0, end: 1000, ifMatch: 'e' },
    { streams: 2, rangeBytes: 70 },
  ))
    break;
  const { length } = store.asked;
  await sleep(50);
  expect(store.asked).toHaveLength(length);
  expect(length).toBeLessThan(5);
});
