import { type FieldDialect, splitRow, textOf } from '@etl/pipeline/csv/splitRow';
import { parse } from 'csv-parse/sync';
import { randomFrom } from '../../support/random';

function rowsOf(text: string, dialect: FieldDialect): string[][] {
  const bytes = Buffer.from(text);
  const rows: string[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const { fields, next } = splitRow(bytes, at, dialect);
    rows.push(fields.map((field) => textOf(bytes, field, dialect.quote)));
    at = next;
  }
  return rows;
}

const comma = { delimiter: ',', quote: '"', lineEnd: '\n' } as const;

test.each<[string, Partial<FieldDialect>, string[][]]>([
  [
    'a,b\n1,2',
    {},
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,"b ""c"""\r\n,""\r\n',
    {},
    [
      ['a', 'b "c"'],
      ['', ''],
    ],
  ],
  [
    "'id','it''s'\n1,'it''s, ok'\n",
    { quote: "'" },
    [
      ['id', "it's"],
      ['1', "it's, ok"],
    ],
  ],
  [
    'a;"1\n2"\r3;4',
    { delimiter: ';', lineEnd: '\r' },
    [
      ['a', '1\n2'],
      ['3', '4'],
    ],
  ],
  ['5" x,6\n', {}, [['5" x', '6']]],
  ['a,"b', {}, [['a', 'b']]],
])('%j', (text, dialect, rows) => {
  expect(rowsOf(text, { ...comma, ...dialect })).toEqual(rows);
});

test('reports the error in a row and its end', () => {
  const row = (text: string) => {
    const { end, next, width, open, trouble } = splitRow(Buffer.from(text), 0, comma);
    return { end, next, width, open, trouble };
  };
  expect(row('"a"b,c\r\nd')).toEqual({ end: 6, next: 8, width: 2, open: false, trouble: 'misquoted' });
  expect(row('a\rb,c\nd')).toEqual({ end: 5, next: 6, width: 2, open: false, trouble: 'strayReturn' });
  expect(row('a,"b\n')).toEqual({ end: 5, next: 5, width: 2, open: true, trouble: 'misquoted' });
  expect(row('\r\n')).toEqual({ end: 0, next: 2, width: 1, open: false, trouble: undefined });
});

test('counts the fields that it does not keep', () => {
  const { width, fields } = splitRow(Buffer.from(`${','.repeat(100_000)}\n`), 0, comma, 10);
  expect([width, fields.length]).toEqual([100_001, 10]);
});

test('reads random tables as written, like csv-parse', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const { below, pick, chance } = randomFrom(seed);
    const delimiter = pick([',', ';', '\t', '|', ' ']);
    const quote = pick(['"', "'", '~']);
    const lineEnd = pick(['\n', '\r'] as const);
    const written = lineEnd === '\n' && chance(0.5) ? '\r\n' : lineEnd;
    const width = 2 + below(4);
    const atoms = [delimiter, quote, quote + quote, '\n', '\r\n', 'a', 'ñ', '😄', ' x'];
    const table = Array.from({ length: 1 + below(20) }, () =>
      Array.from({ length: width }, () => Array.from({ length: below(4) }, () => pick(atoms)).join('')),
    );
    const encode = (field: string): string => {
      const special = /[\r\n]/.test(field) || field.includes(delimiter) || field.includes(quote);
      return special || chance(0.2) ? `${quote}${field.replaceAll(quote, quote + quote)}${quote}` : field;
    };
    const text = table.map((row) => row.map(encode).join(delimiter) + written).join('');
    const options = { delimiter, quote, escape: quote, record_delimiter: written };
    expect({ seed, rows: parse(text, options) }).toEqual({ seed, rows: table });
    expect({ seed, rows: rowsOf(text, { delimiter, quote, lineEnd }) }).toEqual({ seed, rows: table });
  }
});
