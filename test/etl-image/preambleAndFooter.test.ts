import { gzipSync } from 'node:zlib';
import type { Options } from '@etl/pipeline/options';
import { Corpus, lenient } from './corpora/support';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

const options = (dialect: Options['dialect'], more: Options = {}): Options => ({ ...lenient, ...more, dialect });

const table = (lineEnd: string, footer = 'TOTAL'): string =>
  ['Report "of', 'id;text', '', 'id;text', '1;x', `${footer};3`, '2;y', '', `"${footer}";4`, `${footer};`].join(
    lineEnd,
  ) + lineEnd;

const stored: readonly (readonly [string, Buffer])[] = [
  ['LF', Buffer.from(table('\n'))],
  ['CRLF', Buffer.from(table('\r\n'))],
  ['CR', Buffer.from(table('\r'))],
  ['a byte order mark', Buffer.from(`\ufeff${table('\n')}`)],
  ['gzip', gzipSync(table('\n'))],
  ['UTF-16', Buffer.from(`\ufeff${table('\n')}`, 'utf16le')],
];

test.each(stored)('%s: both engines skip the preamble and count footer rows apart', async (_name, csv) => {
  const dialect = { skipLines: 3, footer: { prefix: 'TOTAL' } };
  for (const chunkRows of [1, 2, 100]) {
    const { manifest, rows } = await corpus.compare(csv, { options: options(dialect), chunkRows });
    expect(rows).toEqual([
      ['1', 'x'],
      ['2', 'y'],
      ['TOTAL', '4'],
    ]);
    expect(manifest.totals).toMatchObject({ rowsRead: 4, rowsWritten: 3, rowsBlank: 1, rowsRejected: 0 });
    expect(manifest.footerRows).toBe(2);
    expect(manifest.warnings).toEqual([
      'rows left out because they begin with "TOTAL" (dialect.footer): 2, the first in line 6',
    ]);
  }
});

test('without footer rows, the manifest does not name them', async () => {
  const { manifest } = await corpus.compare('a\n1\n', { options: options({ footer: { prefix: 'TOTAL' } }) });
  expect(manifest).not.toHaveProperty('footerRows');
  expect(manifest.warnings).toEqual([]);
});

test('a line within a quoted field is not a footer row', async () => {
  const { rows, manifest } = await corpus.compare('a;b\n1;"x\nTOTAL;y"\nTOTAL "z\n2;w\n', {
    options: options({ footer: { prefix: 'TOTAL' } }),
  });
  expect(rows).toEqual([
    [1n, 'x\nTOTAL;y'],
    [2n, 'w'],
  ]);
  expect(manifest.footerRows).toBe(1);
});

test('a footer row need not be valid, and never decides a type', async () => {
  const csv = Buffer.concat([Buffer.from('n;m\n1;2\nñ: '), Buffer.of(0xff), Buffer.from(';x;y z\n3;4\nñ: \n')]);
  const { rows, manifest } = await corpus.compare(csv, {
    options: options({ footer: { prefix: 'ñ: ' }, encoding: 'utf-8' }),
  });
  expect(rows).toEqual([
    [1n, 2n],
    [3n, 4n],
  ]);
  expect(manifest).toMatchObject({ footerRows: 2, totals: { rowsRejected: 0 } });
});

test('rejects show the lines of the file', async () => {
  const { rejects } = await corpus.compare('one\ntwo\na;b\n1;2\n#\n3\n', {
    options: options({ skipLines: 2, footer: { prefix: '#' } }),
  });
  expect(rejects).toMatchObject([{ line: 6, row: 3, byteOffset: 18, raw: '3' }]);
});

test.each([
  ['a preamble that looks like an older header', 'a,b,c\nx;y\n1;2\n', { skipLines: 1 }, ['x', 'y']],
  ["Excel's hint after the preamble", 'title\nsep=;\nx;y\n1;2\n', { skipLines: 1 }, ['x', 'y']],
  ['no preamble', 'x;y\n1;2\n', { skipLines: 0 }, ['x', 'y']],
])('the header follows %s', async (_name, csv, dialect, names) => {
  const { manifest } = await corpus.compare(csv, { options: options(dialect) });
  expect(manifest.schema.map(({ name }) => name)).toEqual(names);
});

test('rows that are only footers are a batch without rows', async () => {
  const { manifest } = await corpus.compare('a;b\nTOTAL;0\n', { options: options({ footer: { prefix: 'TOTAL' } }) });
  expect(manifest.totals).toMatchObject({ rowsRead: 0, rowsWritten: 0 });
});
