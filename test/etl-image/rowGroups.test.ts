import { rowGroups } from '@etl/image/csv/rowGroups';
import { type Cutting, maxGroupBytes } from '@etl/image/csv/window';
import { RowError } from '@etl/image/errors';
import { parse } from 'csv-parse/sync';
import { randomFrom } from '../support/random';

const cutting: Cutting = {
  delimiter: ',',
  quote: '"',
  lineEnd: '\n',
  columns: 2,
  chunkRows: 1,
  firstByte: 0,
  firstLine: 1,
  maxBytes: 1 << 16,
  recycled: [],
};

async function* pieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...cuts, bytes.length];
  for (const [index, end] of ends.entries()) yield bytes.subarray(index === 0 ? 0 : ends[index - 1], end);
}

/**
 * Returns the rows after a header, which arrive in pieces that end at these offsets. A chunk, and so a group, is one
 * row.
 */
async function split(text: string, cuts: readonly number[], changes: Partial<Cutting> = {}): Promise<string[]> {
  const rows: string[] = [];
  const { lineEnd = '\n' } = changes;
  const bytes = Buffer.from(`h${lineEnd}${text}`);
  for await (const group of rowGroups(pieces(bytes, cuts), { ...cutting, ...changes })) {
    rows.push(Buffer.from(group.bytes).toString());
  }
  return rows;
}

test.each<[string, string, string[], '\n' | '\r']>([
  ['LF', 'a\nb\n', ['a\n', 'b\n'], '\n'],
  ['CRLF', 'a\r\nb\r\n', ['a\r\n', 'b\r\n'], '\n'],
  ['CR alone', 'a\rb\r', ['a\r', 'b\r'], '\r'],
  ['no trailing line end', 'a\nb', ['a\n', 'b'], '\n'],
  ['an empty text', '', [], '\n'],
  ['empty lines', '\n\na\n', ['\n', '\n', 'a\n'], '\n'],
  ['a quoted line end', '"a\nb",c\nd\n', ['"a\nb",c\n', 'd\n'], '\n'],
  ['doubled quotes', '"a""\n""b"\nc', ['"a""\n""b"\n', 'c'], '\n'],
  ['a quote inside an unquoted field is text', 'a"b\nc"d\n', ['a"b\n', 'c"d\n'], '\n'],
  ['an empty quoted field', '"",a\n"",b\n', ['"",a\n', '"",b\n'], '\n'],
  [
    'a row that a quote makes longer than a block',
    `"${'x\n'.repeat(40)}"\ny\n`,
    [`"${'x\n'.repeat(40)}"\n`, 'y\n'],
    '\n',
  ],
])('%s, cut anywhere', async (_what, text, rows, lineEnd) => {
  for (let cut = 0; cut <= Buffer.byteLength(text); cut++) expect(await split(text, [cut], { lineEnd })).toEqual(rows);
});

test('finds the same rows as csv-parse in random tables, cut at random', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { pick, below, chance } = randomFrom(seed);
    const lineEnd = pick(['\n', '\r\n']);
    const delimiter = pick([',', ';', '\t']);
    const field = (): string => {
      const text = Array.from({ length: below(4) }, () => pick(['a', 'ñ', '"', '\n', delimiter, ' ', '\r\n'])).join('');
      return /["\n\r]/.test(text) || text.includes(delimiter) || chance(0.2) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = Array.from({ length: 1 + below(8) }, () => ['x', field(), field()].join(delimiter));
    const text = lines.join(lineEnd) + (chance(0.5) ? lineEnd : '');
    const cuts = Array.from({ length: 3 }, () => below(Buffer.byteLength(text))).sort((a, b) => a - b);
    const rows = await split(text, cuts, { delimiter });
    expect(rows.join('')).toBe(text);
    const options = { delimiter, record_delimiter: ['\r\n', '\n'] };
    expect(rows.map((row) => (parse(row, options) as string[][])[0])).toEqual(parse(text, options));
  }
});

test('groups have their position: chunk, row, line and byte', async () => {
  const found = [];
  const text = 'h\n1\n"2\n2"\n3\n';
  for await (const { chunk, start, end, rows } of rowGroups(pieces(Buffer.from(text), []), {
    ...cutting,
    chunkRows: 2,
  })) {
    found.push([chunk, rows, start, end]);
  }
  expect(found).toEqual([
    [1, 2, { row: 1, line: 2, byte: 2 }, { row: 3, line: 5, byte: 10 }],
    [2, 1, { row: 3, line: 5, byte: 10 }, { row: 4, line: 6, byte: 12 }],
  ]);
});

test('fails on an unclosed quote with its position, as soon as the row is too long', async () => {
  await expect(split('a\n"b\nc\n', [])).rejects.toThrow(/row 2 \(line 3, byte 4\): a quote is opened but not closed/);
  const endless = async function* () {
    yield Buffer.from('h\na\n"');
    const piece = Buffer.alloc(1 << 20, 'x');
    for (let sent = 0; sent < 4 * maxGroupBytes; sent += piece.length) yield piece;
    throw new Error('all of it was read');
  };
  const all = async () => {
    for await (const _group of rowGroups(endless(), { ...cutting, maxBytes: Number.POSITIVE_INFINITY }));
  };
  await expect(all()).rejects.toThrow(RowError);
  await expect(all()).rejects.toThrow(/longer than 16 MiB/);
});
