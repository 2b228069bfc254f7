import type { Datasets } from '@etl/pipeline/dataset/datasets';
import { layout } from '@etl/pipeline/layout';
import type { SinkWorkQuery } from '../../../activities/contract';
import { applySink } from '../../../activities/sinks/applySink';
import { listSinkWork } from '../../../activities/sinks/listSinkWork';
import { MemoryStore } from '../../support/fakePorts';
import { addCommit, destination, fakeWriters, input, timings } from './support';

const declaration = {
  source: 'ventas/*.csv',
  sinks: { catalog: { type: 'glue', database: 'lake' }, mirror: { type: 'glue', database: 'mirror' } },
};
const datasets = {
  all: () => [
    { name: 'ventas', file: 'datasets/ventas.yaml', declaration },
    { name: 'plain', file: 'datasets/plain.yaml', declaration: { source: 'plain/*.csv' } },
  ],
  broken: [{ name: 'typo', problems: ['datasets/typo.yaml: line 3: unknown key'] }],
} as unknown as Datasets;

const batchOf = (batchDate: string, source: string) => ({ dataset: 'ventas', batchDate, source });
const batches = [
  ...['2026-02-07', '2026-02-08'].flatMap((date) => ['a', 'b'].map((source) => batchOf(date, source))),
  batchOf('2026-02-09', 'a'),
];

/** A store with five batches; `catalog` has applied the first two, `mirror` the first. */
async function lake(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const batch of batches) await addCommit(store, 1, layout(destination, batch));
  const apply = (index: number, name: string) =>
    applySink({ store, sinks: fakeWriters() }, { ...input, name, batch: batches[index] ?? batchOf('', '') }, timings);
  await apply(0, 'catalog');
  await apply(0, 'mirror');
  await apply(1, 'catalog');
  return store;
}

const list = (store: MemoryStore, query: Partial<SinkWorkQuery> = {}) =>
  listSinkWork(store, { datasets, cleanBase: destination }, { dataset: 'ventas', limit: 100, ...query });
const shown = ({ work }: Awaited<ReturnType<typeof list>>) =>
  work.map(({ batch, sinks }) => `${batch.batchDate} ${batch.source} ${Object.keys(sinks)}`);

test('returns the batches with the sinks that lack their newest commit', async () => {
  const page = await list(await lake());
  expect(shown(page)).toEqual([
    '2026-02-07 b mirror',
    '2026-02-08 a catalog,mirror',
    '2026-02-08 b catalog,mirror',
    '2026-02-09 a catalog,mirror',
  ]);
  expect(page).toMatchObject({ current: 1, work: [{ destination, commit: 1 }, {}, {}, {}] });
  expect(page).not.toHaveProperty('next');
});

test('returns a replaced batch again', async () => {
  const store = await lake();
  await addCommit(store, 2, layout(destination, batches[0] ?? batchOf('', '')));
  expect(shown(await list(store, { to: '2026-02-07', sink: 'catalog' }))).toEqual(['2026-02-07 a catalog']);
});

test.each<[string, Partial<SinkWorkQuery>, string[]]>([
  ['of one sink', { sink: 'catalog', to: '2026-02-08' }, ['2026-02-08 a catalog', '2026-02-08 b catalog']],
  ['from a date on', { from: '2026-02-09' }, ['2026-02-09 a catalog,mirror']],
  ['of all states', { all: true, sink: 'mirror', to: '2026-02-07' }, ['2026-02-07 a mirror', '2026-02-07 b mirror']],
])('returns those %s', async (_, query, expected) => {
  expect(shown(await list(await lake(), query))).toEqual(expected);
});

test('continues after the page before', async () => {
  const store = await lake();
  const found: string[] = [];
  let after: string | undefined;
  let pages = 0;
  do {
    const page = await list(store, { limit: 2, all: true, sink: 'catalog', ...(after !== undefined && { after }) });
    found.push(...shown(page));
    after = page.next;
    pages++;
  } while (after !== undefined);
  expect(found).toEqual(batches.map(({ batchDate, source }) => `${batchDate} ${source} catalog`));
  expect(pages).toBe(3);
});

test.each([
  [{ dataset: 'unknown' }, 'dataset unknown is not declared: list the declared ones with etl dataset list'],
  [{ dataset: 'plain' }, 'datasets/plain.yaml: no sinks are declared: add it below the key sinks'],
  [{ sink: 'warehouse' }, 'datasets/ventas.yaml: no sink warehouse is declared: add it below the key sinks'],
  [{ dataset: 'typo' }, 'datasets/typo.yaml: line 3: unknown key'],
])('refuses %j', async (query, message) => {
  await expect(list(new MemoryStore(), query)).rejects.toThrow(message);
});
