import type { Options } from '@etl/pipeline/options';
import { type Random, randomFrom } from '../support/random';
import { thorough } from '../support/thorough';
import { Corpus, lenient } from './corpora/support';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

/** Converts with both engines, which must agree, and returns the lengths by column. */
async function lengthsOf(csv: string, options: Options, chunkRows = 500_000) {
  const { manifest } = await corpus.compare(csv, { options: { ...lenient, ...options }, chunkRows });
  return Object.fromEntries(manifest.schema.map(({ name, maxBytes }) => [name, maxBytes]));
}

const characters = ['a', 'Z', '0', ' ', ',', '"', '\n', 'ñ', '€', '𝒳', '\u0301', '\ufeff'];
const randomText = (random: Random, most: number): string =>
  Array.from({ length: random.below(most) }, () => random.pick(characters)).join('');

/** Columns whose dictionaries differ: useful, useless, and abandoned because of too many values. */
const columns: Readonly<Record<string, (random: Random, row: number) => string>> = {
  few: (random) => randomText(randomFrom(random.below(5)), 20),
  different: (random, row) => `${row}${randomText(random, 12)}`,
  repeated_then_different: (random, row) => (row < 100 ? 'x' : `${row}${randomText(random, 3)}`),
  mostly_null: (random, row) => (random.chance(0.02) ? `${row}${randomText(random, 30)}` : ''),
  null: () => '',
};

const sizes: readonly (readonly [number, number])[] = [
  ...Array.from({ length: thorough ? 30 : 4 }, (_, seed) => [1 + seed * 37, 1 + seed * 20] as const),
  [20_000, 50_000],
];

test.each(sizes)('%i rows of random texts in chunks of %i: the greatest length of each column', async (rows, chunk) => {
  const random = randomFrom(rows);
  const names = Object.keys(columns);
  const table = Array.from({ length: rows }, (_, row) => Object.values(columns).map((text) => text(random, row)));
  const lines = [names, ...table].map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
  const direct = names.map((name, at) => [name, Math.max(...table.map((row) => Buffer.byteLength(row[at] ?? '')))]);
  const options = {
    columns: Object.fromEntries(names.map((name) => [name, 'text' as const])),
    dialect: { delimiter: ',', encoding: 'utf-8' },
  } as const;
  expect(await lengthsOf(`${lines.join('\n')}\n`, options, chunk)).toEqual(Object.fromEntries(direct));
});

test('counts only rows that are written', async () => {
  const csv = [
    ...['a,b', 'x,1', 'not a number,x', 'too many,1,2', 'a null,', ',', 'TOTAL of them,1', '"misquoted" text,1'],
    'a,b',
  ].join('\n');
  const columns = { a: 'text', b: { type: 'integer', required: true } } as const;
  for (const chunkRows of [1, 100]) {
    const found = await lengthsOf(csv, { columns, dialect: { footer: { prefix: 'TOTAL' } } }, chunkRows);
    expect(found).toEqual({ a: 1, b: undefined });
  }
});

test('counts values as stored: without quotes, trimmed, and without texts for null', async () => {
  const csv = 'trimmed;words;document;quoted\n" ñ \t";nothing at all; {"a":"€"} ;"""x"""\n;x;null;\n';
  const columns: Options['columns'] = {
    trimmed: { type: 'text', trim: true },
    words: { type: 'text', nullValues: ['nothing at all'] },
    document: 'json',
  };
  expect(await lengthsOf(csv, { columns })).toEqual({ trimmed: 2, words: 1, document: 11, quoted: 3 });
});

test('has 0 for a column without values, also in a batch without rows', async () => {
  const columns = { a: 'text', b: 'json' } as const;
  expect(await lengthsOf('a,b,c\n,,1\n', { columns })).toEqual({ a: 0, b: 0, c: undefined });
  expect(await lengthsOf('a,b\n', { columns })).toEqual({ a: 0, b: 0 });
});

test('only text and json have lengths', async () => {
  const columns = { a: 'decimal(38,2)', b: 'date', c: 'boolean' } as const;
  const found = await corpus.convert('a,b,c,d\n1.5,2026-02-08,true,1.5\n', { options: { ...lenient, columns } });
  for (const column of found.manifest.schema) expect(column).not.toHaveProperty('maxBytes');
});

test.each([1, 2, 100])('a value that was a number before a later row made its column text (%i)', async (chunkRows) => {
  const rows = ['123456789', '12', '', 'ñ', '7'];
  const csv = `a,b\n${rows.map((value, at) => `${value},${at}`).join('\n')}\n`;
  expect(await lengthsOf(csv, {}, chunkRows)).toEqual({ a: 9, b: undefined });
});
