import { batchesBelow, nameOf } from '@etl/storage/batches';
import { MemoryStore } from '../support/fakePorts';

const lake = 's3://lake/team';

const namesIn = async (keys: readonly string[], query: Parameters<typeof batchesBelow>[2] = {}) => {
  const store = new MemoryStore();
  for (const key of keys) await store.write(`${lake}/_etl/${key}`, '');
  const names: string[] = [];
  for await (const batch of batchesBelow(store, lake, query)) names.push(nameOf(batch));
  return names;
};

const keys = [
  ...['ventas/2026-02-08/norte/commits/000001.json', 'ventas/2026-02-08/norte/commits/000002.json'],
  ...['ventas/2026-02-08/sur/work/r-1/progress.json', 'ventas/2026-02-09/norte/commits/000001.json'],
  'stock/2026-02-08/uno/commits/000001.json',
];

test('lists each batch with a commit log once, in the order of keys', async () => {
  const ventas = ['ventas/2026-02-08/norte', 'ventas/2026-02-09/norte'];
  expect(await namesIn(keys)).toEqual(['stock/2026-02-08/uno', ...ventas]);
  expect(await namesIn(keys, { dataset: 'ventas' })).toEqual(ventas);
  expect(await namesIn(keys, { dataset: 'ventas', after: ventas[0] ?? '' })).toEqual(ventas.slice(1));
});

test('lists batches that only have work, if asked for them', async () => {
  const having = ['commits', 'work'] as const;
  expect(await namesIn(keys, { dataset: 'ventas', having })).toContain('ventas/2026-02-08/sur');
});

test('skips records of other kinds and keys that are not those of a batch', async () => {
  const others = ['_dead/0123.json', '_schemas/ventas/norte.json', '_batches/night/run/results-00001.jsonl'];
  const hostile = ['x/commits', 'ventas/%zz/%/commits/1', 'ventas/2026-02-30/s/commits/1', '/2026-02-08/s/commits/1'];
  expect(await namesIn([...others, ...hostile, 'ventas/2026-02-08//commits/1', '_/2026-02-08/s/commits/1'])).toEqual(
    [],
  );
});
