import { chunkStarts } from '@etl/image/csv/chunkStarts';
import { CutError, cutsOf, knownGroups } from '@etl/image/csv/knownGroups';
import { rowGroups } from '@etl/image/csv/rowGroups';
import type { Cutting, Position } from '@etl/image/csv/window';
import { randomFrom } from '../support/random';

const cutting = (bytes: number, chunkRows: number, columns: number): Cutting => ({
  ...{ delimiter: ',', quote: '"', lineEnd: '\n', firstByte: 0, firstLine: 1, recycled: [] },
  ...{ columns, chunkRows, maxBytes: bytes },
});

async function* pieces(text: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
}

async function indexed(text: Buffer, cut: Cutting): Promise<Position[]> {
  const known: Position[] = [];
  let end: Position | undefined;
  const starts = chunkStarts(
    pieces(text, 1000),
    cut,
    (position) => {
      end = position;
    },
    undefined,
    (start) => known.push(start),
  );
  for await (const { start } of starts) known.push(start);
  known.sort((a, b) => a.row - b.row);
  return end ? [...known.filter(({ row }) => row < (end?.row ?? 0)), end] : known;
}

const all = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
};

test.each([1, 2, 3])('groups from the index equal groups from cutting: %d', async (seed) => {
  const random = randomFrom(seed);
  const field = () => random.pick(['a', '"x\ny"', '""', '"q""q"', '', 'é']);
  const rows = Array.from({ length: 3000 }, () => (random.chance(0.02) ? '' : `${field()},${field()}`));
  const text = Buffer.from(`h,k\n${rows.join('\n')}${seed === 2 ? '' : '\n'}`);
  // Enough columns for a handful of rows per group and several groups per chunk.
  const cut = cutting(text.length, 700, 40_000);
  const starts = await indexed(text, cut);
  const [first, end] = [starts[0], starts.at(-1)];
  if (!first || !end) throw new Error('nothing was found');
  const cuts = cutsOf(starts.slice(0, -1), first, end);
  const known = await all(knownGroups(pieces(text.subarray(first.byte), 777), cut, cuts ?? []));
  const found = await all(rowGroups(pieces(text, 5000), cut));
  expect(found.length).toBeGreaterThan(20);
  const shown = ({ bytes, ...group }: (typeof found)[number]) => ({ ...group, text: Buffer.from(bytes).toString() });
  expect(known.map(shown)).toEqual(found.map(shown));
});

test('leaves groups that are too long, and spans with another start, to rowGroups', () => {
  const at = (row: number, byte: number): Position => ({ row, line: row, byte });
  expect(cutsOf([at(1, 0), at(11, 100)], at(1, 0), at(21, 200))).toHaveLength(3);
  expect(cutsOf([at(1, 0)], at(1, 0), at(21, 16 * 1024 * 1024 + 1))).toBeUndefined();
  expect(cutsOf([at(1, 4)], at(1, 0), at(21, 200))).toBeUndefined();
});

test('rejects a cut within a row', async () => {
  const text = Buffer.from('1,2\n3,4\n');
  const at = (row: number, byte: number): Position => ({ row, line: row, byte });
  const groups = knownGroups(pieces(text, 3), cutting(text.length, 1, 2), [at(1, 0), at(2, 6), at(3, 8)]);
  await expect(all(groups)).rejects.toBeInstanceOf(CutError);
});
