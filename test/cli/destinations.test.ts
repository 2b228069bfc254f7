import { Datasets } from '@etl/pipeline/dataset/datasets';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { destinationsOf } from '../../cli/destinations';

const declared = (name: string, destination?: string): Dataset => ({
  ...{ name, hash: '', file: `${name}.yaml` },
  declaration: { source: { pattern: `${name}/*.csv` }, ...(destination !== undefined && { destination }) },
});
const broken = [{ name: 'typo', problems: ['typo.yaml:1:1: unknown key'] }];
const datasets = new Datasets(
  [declared('ventas'), declared('stock', 's3://other/lake'), declared('pedidos', 's3://other/lake')],
  broken,
  's3://raw',
);
const lake = 's3://lake';

test('without names, batches are at the default destination and at the declared ones', () => {
  expect(destinationsOf(datasets, lake, [])).toEqual([{ destination: lake }, { destination: 's3://other/lake' }]);
});

test('a dataset is at its declared destination, and an undeclared one at the default destination', () => {
  expect(destinationsOf(datasets, lake, ['stock', 'café'])).toEqual([
    { destination: 's3://other/lake', dataset: 'stock' },
    { destination: lake, dataset: 'café' },
  ]);
});

test.each(['../x', '_etl', 'a/b', '', '.'])('the name %j is refused', (name) => {
  expect(() => destinationsOf(datasets, lake, [name])).toThrow('is not the name of a dataset');
});

test('a dataset whose declaration cannot be used is refused', () => {
  expect(() => destinationsOf(datasets, lake, ['typo'])).toThrow('unknown key');
});
