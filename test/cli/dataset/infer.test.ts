import { compilePattern } from '@etl/pipeline/dataset/sourcePattern';
import { parseDeclaration } from '@etl/storage/declarations/parseDeclaration';
import { columnDifferences } from '../../../cli/dataset/columnDifferences';
import { draftDeclaration } from '../../../cli/dataset/draft';
import { inferPattern } from '../../../cli/dataset/inferPattern';

const raw = 's3://raw';

test.each([
  ['s3://raw/ventas/ventas_2026-02-08.csv', 'ventas/ventas_{date}.csv'],
  ['s3://raw/ventas/ventas_20260208.csv.gz', 'ventas/ventas_{yyyy}{MM}{dd}.csv.gz'],
  ['s3://raw/ventas/ventas_2026_02_08.csv', 'ventas/ventas_{yyyy}_{MM}_{dd}.csv'],
  ['s3://raw/ventas/2026/02/08/a.csv', 'ventas/{yyyy}/{MM}/{dd}/a.csv'],
  ['s3://raw/ventas/2026-02-08/ventas_2026-02-08.csv', 'ventas/{date}/ventas_2026-02-08.csv'],
  ['s3://raw/ventas/ventas.csv', 'ventas/*.csv'],
  ['s3://raw/ventas/ventas_20261399.csv', 'ventas/*.csv'],
  ['s3://raw/a.csv.zst', '*.csv.zst'],
  ['s3://other/ventas/a.csv', 's3://other/ventas/*.csv'],
])('the pattern of files like %s is %s', (uri, pattern) => {
  expect(inferPattern(uri, raw)).toBe(pattern);
  const compiled = compilePattern(pattern, raw);
  expect(typeof compiled === 'string' ? compiled : compiled.match(uri)).not.toBeUndefined();
});

const totals = { rowsRead: 10, rowsWritten: 9, rowsBlank: 1, rowsRejected: 0, datesCoerced: 0 };

test('a draft is a valid declaration, whatever the names in the file are', () => {
  const names = ['id', 'código_postal', 'a:_b', '-_x', 'null', '"q"', '#_c', '&x', '{date}', '2026'];
  const text = draftDeclaration({
    name: 'ventas',
    pattern: 'in/"x"/*.csv',
    sample: '../in/"x"/a\n.csv',
    delimiter: '\t',
    encoding: 'windows-1252',
    decimal: ',',
    schema: names.map((name) => ({ name, type: 'text', sourceName: `${name}\n# x` })),
    totals,
    warnings: ['line 1\nline 2'],
  });
  expect(parseDeclaration(Buffer.from(text), 'ventas.yaml')).toEqual({
    declaration: {
      source: { pattern: 'in/"x"/*.csv' },
      samples: ['../in/"x"/a\n.csv'],
      dialect: { delimiter: '\t', encoding: 'windows-1252', decimal: ',' },
      columns: Object.fromEntries(names.map((name) => [name, 'text'])),
      rejects: { maxShare: 0.01 },
    },
  });
});

test('compares declared columns with delivered ones', () => {
  const schema = [
    { name: 'a', type: 'integer' as const },
    { name: 'b', type: 'text' as const },
    { name: 'c', type: 'date' as const },
  ];
  expect(columnDifferences({ columns: { a: 'integer', b: 'double', d: 'text' } }, schema)).toEqual([
    { column: 'b', declared: 'double', delivered: 'text' },
    { column: 'd', declared: 'text', delivered: null },
    { column: 'c', declared: null, delivered: 'date' },
  ]);
});
