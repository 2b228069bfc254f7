import { chunkStarts } from '@etl/image/csv/chunkStarts';
import { rowGroups } from '@etl/image/csv/rowGroups';
import { type Cutting, maxGroupBytes, type Position } from '@etl/image/csv/window';
import { RowError } from '@etl/image/errors';
import { randomFrom } from '../support/random';
import { thorough } from '../support/thorough';

const cutting: Cutting = {
  ...{
    delimiter: ',',
    quote: '"',
    lineEnd: '\n',
    columns: 2,
    chunkRows: 3,
    firstByte: 0,
    firstLine: 1,
    maxBytes: 1 << 16,
  },
  recycled: [],
};

async function* pieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...cuts, bytes.length];
  for (const [index, end] of ends.entries()) yield bytes.subarray(index === 0 ? 0 : ends[index - 1], end);
}

/** Returns the chunk starts, with the first two rows of each, and the end of the source. */
async function scan(bytes: Buffer, cuts: readonly number[], changes: Partial<Cutting> = {}) {
  const starts: Position[] = [];
  const samples: string[] = [];
  let end: Position | undefined;
  const note = (position: Position) => {
    end = position;
  };
  for await (const { start, firstRows } of chunkStarts(pieces(bytes, cuts), { ...cutting, ...changes }, note)) {
    starts.push(start);
    samples.push(Buffer.from(firstRows(2)?.bytes ?? '').toString());
  }
  return { starts, samples, end };
}

/** Returns the same, by cutting out row by row. */
async function cut(bytes: Buffer, chunkRows: number) {
  const starts: Position[] = [];
  let end: Position | undefined;
  for await (const group of rowGroups(pieces(bytes, []), { ...cutting, chunkRows: 1 })) {
    if ((group.chunk - 1) % chunkRows === 0) starts.push(group.start);
    end = group.end;
  }
  return { starts, end };
}

test('finds the chunk starts of a conversion, for random tables in random pieces', async () => {
  for (let seed = 1; seed <= (thorough ? 300 : 60); seed++) {
    const { pick, below, chance } = randomFrom(seed);
    const lineEnd = pick(['\n', '\r\n']);
    const field = (): string => {
      const text = Array.from({ length: below(chance(0.1) ? 90 : 5) }, () =>
        pick(['a', 'ñ', '"', '\n', ',', ' ']),
      ).join('');
      return /["\n,]/.test(text) || chance(0.2) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const rows = Array.from({ length: below(30) }, () => (chance(0.1) ? '' : `${pick(['x', 'x"y'])},${field()}`));
    const text = ['h,i', ...rows].join(lineEnd) + (chance(0.5) ? lineEnd : '');
    const bytes = Buffer.from(text);
    const cuts = Array.from({ length: 3 }, () => below(bytes.length)).sort((a, b) => a - b);
    const chunkRows = 1 + below(12);
    const { starts, end } = await scan(bytes, cuts, { chunkRows });
    const wanted = await cut(bytes, chunkRows);
    expect({ seed, starts, end: starts.length > 0 ? end : undefined }).toEqual({ seed, ...wanted });
  }
});

test('returns the first rows of a chunk without consuming them', async () => {
  const { starts, samples, end } = await scan(Buffer.from('h\n1\n"2\n2"\n3\n4\n'), [3, 8], { maxBytes: 64 });
  expect(starts.map(({ row, byte }) => [row, byte])).toEqual([
    [1, 2],
    [4, 12],
  ]);
  expect(samples).toEqual(['1\n"2\n2"\n', '4\n']);
  expect(end).toEqual({ row: 5, line: 7, byte: 14 });
});

test('fails on an unterminated row as soon as it is too long', async () => {
  await expect(scan(Buffer.from('h\n"b\nc\n'), [])).rejects.toThrow(/row 1 .*a quote is opened but not closed/);
  const endless = async function* () {
    yield Buffer.from('h\na\n"');
    const piece = Buffer.alloc(1 << 20, 'x');
    for (let sent = 0; sent < 4 * maxGroupBytes; sent += piece.length) yield piece;
    throw new Error('all of it was read');
  };
  const all = async () => {
    const many = { ...cutting, maxBytes: Number.POSITIVE_INFINITY };
    for await (const _start of chunkStarts(endless(), many, () => undefined));
  };
  await expect(all()).rejects.toThrow(RowError);
});
