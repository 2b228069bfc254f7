import { Datasets, datasetNameOf } from '@etl/pipeline/dataset/datasets';
import type { Declaration } from '@etl/pipeline/dataset/declaration';
import { declarationHash } from '@etl/pipeline/dataset/declaration';
import { declaredDetail } from '@etl/pipeline/dataset/declaredDetail';

const raw = 's3://raw-data-lake';

function dataset(name: string, declaration: Declaration) {
  return { name, declaration, hash: declarationHash(declaration), file: `datasets/${name}.yaml` };
}

const ventas = dataset('ventas', {
  source: { pattern: 'ventas/*.csv' },
  dialect: { delimiter: ';', decimal: ',' },
  columns: { total: 'double', cp: 'text' },
  destination: 's3://clean/ventas',
  schedule: { at: '02:30', deadline: '06:00' },
});
const broken = { name: 'stock', problems: ['datasets/stock.yaml:1:1: colums: unknown key: use columns instead'] };

const uri = `${raw}/ventas/a.csv`;

test('applies the declaration of the dataset whose pattern matches', () => {
  const datasets = new Datasets([ventas], [], raw);
  expect(declaredDetail(datasets, { chunkRows: 5 }, uri)).toEqual({
    kind: 'declared',
    dataset: ventas,
    detail: {
      dataset: 'ventas',
      chunkRows: 5,
      dialect: { delimiter: ';', decimal: ',' },
      columns: { total: 'double', cp: 'text' },
      destination: 's3://clean/ventas',
      compute: { deadlineMinutes: 210 },
    },
  });
});

test('the event overrides single keys of the declaration', () => {
  const detail = {
    dialect: { decimal: '.' as const },
    columns: { total: 'text' as const },
    destination: 's3://clean/test',
    compute: { spot: false },
  };
  expect(declaredDetail(new Datasets([ventas], [], raw), detail, uri)).toMatchObject({
    detail: {
      dialect: { delimiter: ';', decimal: '.' },
      columns: { total: 'text', cp: 'text' },
      destination: 's3://clean/test',
      compute: { deadlineMinutes: 210, spot: false },
    },
  });
});

test('adds no empty keys, so that the hash of the options stays the same', () => {
  const plain = dataset('plain', { source: { pattern: 'plain/*' } });
  expect(declaredDetail(new Datasets([plain], [], raw), {}, `${raw}/plain/a.csv`)).toMatchObject({
    detail: { dataset: 'plain' },
  });
  const { detail } = declaredDetail(new Datasets([plain], [], raw), {}, `${raw}/plain/a.csv`) as { detail: object };
  expect(Object.keys(detail)).toEqual(['dataset']);
});

test('a dataset that the event names applies whatever its pattern', () => {
  const datasets = new Datasets([ventas], [], raw);
  expect(datasets.of('file:///tmp/a.csv', 'ventas')).toMatchObject({ kind: 'declared', dataset: ventas });
  expect(datasets.of(uri, 'other')).toEqual({ kind: 'undeclared' });
});

test('a file without a matching pattern is undeclared', () => {
  expect(new Datasets([ventas], [], raw).of(`${raw}/other/a.csv`)).toEqual({ kind: 'undeclared' });
});

test('a broken declaration concerns only files that no other declaration matches', () => {
  const datasets = new Datasets([ventas], [broken], raw);
  expect(datasets.of(uri)).toMatchObject({ kind: 'declared' });
  expect(declaredDetail(datasets, {}, `${raw}/stock/a.csv`)).toEqual({
    kind: 'problem',
    problem: `${raw}/stock/a.csv: its dataset is not declared correctly: ${broken.problems[0]}`,
  });
  expect(datasets.of(uri, 'stock')).toEqual({
    kind: 'unknown',
    problems: broken.problems,
    isMatch: true,
    name: 'stock',
  });
});

test('a broken declaration with a readable pattern concerns only the files that match it', () => {
  const readable = { ...broken, pattern: 'stock/*.csv' };
  const datasets = new Datasets([ventas], [readable, { ...broken, name: 'other', pattern: 'o/{day}' }], raw);
  expect(new Datasets([], [readable], raw).of(`${raw}/other/a.csv`)).toEqual({ kind: 'undeclared' });
  expect(new Datasets([], [readable], raw).of(`${raw}/stock/a.csv`)).toMatchObject({ kind: 'unknown' });
  expect(datasets.of(`${raw}/other/a.csv`)).toEqual({ kind: 'unknown', problems: broken.problems, isMatch: false });
});

test('a file has the name of the only declaration that names it, also of a broken one', () => {
  const readable = { ...broken, pattern: 'stock/*.csv' };
  const file = `${raw}/stock/a.csv`;
  const nameIn = (...datasets: ConstructorParameters<typeof Datasets>) =>
    datasetNameOf(new Datasets(...datasets).of(file));
  expect(nameIn([], [readable], raw)).toBe('stock');
  expect(declaredDetail(new Datasets([], [readable], raw), {}, file)).toMatchObject({
    problem: expect.stringContaining(': stock is not declared correctly: '),
    dataset: 'stock',
  });
  expect(nameIn([dataset('all', { source: { pattern: '**' } })], [readable], raw)).toBe('all');
  expect(nameIn([], [readable, { ...readable, name: 'other' }], raw)).toBeUndefined();
  expect(nameIn([], [broken], raw)).toBeUndefined();
});

test('several matching patterns are a problem', () => {
  const all = dataset('all', { source: { pattern: '**' } });
  expect(declaredDetail(new Datasets([ventas, all], [], raw), {}, uri)).toEqual({
    kind: 'problem',
    problem: expect.stringContaining('belongs to several datasets, ventas and all: make their source patterns exclude'),
  });
});

test.each([
  ['v/v_{date}.csv', 'v/v_{yyyy}-{MM}-{dd}.csv', `${raw}/v/v_2026-01-31.csv`],
  ['v/special_*.csv', 'v/*.csv', `${raw}/v/special_x.csv`],
  ['v/*.csv', `${raw}/**`, `${raw}/v/x.csv`],
])('a file may belong to %s and %s', (one, two, file) => {
  const patterns = [dataset('one', { source: { pattern: one } }), dataset('two', { source: { pattern: two } })];
  const datasets = new Datasets(patterns, [], raw);
  expect(datasets.of(file)).toMatchObject({ kind: 'ambiguous' });
  expect(datasets.overlapOf('one')).toBe(
    `matches files of two, too, such as ${file}: make the source patterns exclude each other`,
  );
  expect(datasets.overlapOf('two')).toContain(`matches files of one, too, such as ${file}`);
});

test('patterns that exclude each other do not overlap', () => {
  const other = dataset('other', { source: { pattern: 'ventas/old/*.csv' } });
  expect(new Datasets([ventas, other], [], raw).overlapOf('ventas')).toBeUndefined();
});

test('a declaration with an invalid pattern is broken', () => {
  const { broken: found } = new Datasets([dataset('x', { source: { pattern: '{day}.csv' } })], [], raw);
  expect(found).toEqual([
    { name: 'x', problems: [expect.stringMatching(/^datasets\/x.yaml: source.pattern: has the unknown placeholder/)] },
  ]);
});

test('descriptions of columns are not part of the event', () => {
  const described = dataset('described', {
    source: { pattern: 'd/*' },
    columns: { a: { type: 'double', description: 'x' }, b: { type: 'date', format: 'dd/MM/yyyy', description: 'y' } },
  });
  expect(declaredDetail(new Datasets([described], [], raw), {}, `${raw}/d/a.csv`)).toMatchObject({
    detail: { columns: { a: 'double', b: { type: 'date', format: 'dd/MM/yyyy' } } },
  });
});

test('the hash does not depend on the order of keys', () => {
  expect(declarationHash({ chunkRows: 5, source: { pattern: 'a' } })).toBe(
    declarationHash({ source: { pattern: 'a' }, chunkRows: 5 }),
  );
});
