import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { layout } from '@etl/pipeline/layout';
import type { SinkStatus } from '@etl/pipeline/sinks/status';
import { writeSinkStatus } from '@etl/storage/sinkStatus';
import { statusOf } from '../../../cli/actions/sink/status';
import { MemoryStore } from '../../support/fakePorts';

const lake = 's3://lake';
const glue = (database: string) => ({ type: 'glue' as const, database });
const datasetWith = (destination?: string): Dataset => ({
  name: 'ventas',
  hash: '0123456789abcdef',
  file: 'datasets/ventas.yaml',
  declaration: {
    source: { pattern: 'ventas/*.csv' },
    sinks: { catalogo: glue('lago'), espejo: glue('espejo') },
    ...(destination !== undefined && { destination }),
  },
});

/** Writes a commit log of this length, and the statuses of sinks. */
async function batch(
  store: MemoryStore,
  [batchDate, source]: readonly [string, string],
  commits: number,
  statuses: Readonly<Record<string, Partial<SinkStatus>>>,
): Promise<void> {
  const place = layout(lake, { dataset: 'ventas', batchDate, source });
  for (let number = 1; number <= commits; number++) await store.write(place.commit(number), '{}');
  for (const [name, status] of Object.entries(statuses))
    await writeSinkStatus(store, place, name, { type: 'glue', at: '2026-02-09T00:00:00Z', ...status });
}

async function sample(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await batch(store, ['2026-02-07', 'norte'], 2, { catalogo: { applied: 2 }, espejo: { applied: 2 } });
  const failed = { commit: 2, reason: 'denied' };
  await batch(store, ['2026-02-08', 'norte'], 2, { catalogo: { applied: 1, failed }, espejo: { applied: 1 } });
  await batch(store, ['2026-02-09', 'sur'], 1, { espejo: { failed: { commit: 1, reason: 'timeout' } } });
  return store;
}

const all = { cleanBase: lake, sink: undefined };

test('counts the batches of each sink, and lists those that lack the newest commit', async () => {
  const ofBatch = (batchDate: string, source: string) => ({ dataset: 'ventas', batchDate, source });
  expect(await statusOf(await sample(), datasetWith(), all)).toEqual({
    dataset: 'ventas',
    notApplied: null,
    sinks: [
      { name: 'catalogo', type: 'glue', current: 1, behind: 1, failed: 1 },
      { name: 'espejo', type: 'glue', current: 1, behind: 1, failed: 1 },
    ],
    behind: [
      { ...ofBatch('2026-02-08', 'norte'), sink: 'catalogo', applied: 1, newest: 2, reason: 'denied' },
      { ...ofBatch('2026-02-08', 'norte'), sink: 'espejo', applied: 1, newest: 2, reason: null },
      { ...ofBatch('2026-02-09', 'sur'), sink: 'catalogo', applied: 0, newest: 1, reason: null },
      { ...ofBatch('2026-02-09', 'sur'), sink: 'espejo', applied: 0, newest: 1, reason: 'timeout' },
    ],
    more: 0,
  });
});

test('selects a sink and dates', async () => {
  const selected = { ...all, sink: 'espejo', from: '2026-02-08', to: '2026-02-08' };
  expect(await statusOf(await sample(), datasetWith(), selected)).toMatchObject({
    sinks: [{ name: 'espejo', current: 0, behind: 1, failed: 0 }],
    behind: [{ batchDate: '2026-02-08' }],
  });
});

test('lists a bounded number of batches, and counts the others', async () => {
  const store = new MemoryStore();
  for (let n = 0; n < 520; n++) await batch(store, ['2026-02-08', `s${n}`], 1, {});
  const { behind, more, sinks } = await statusOf(store, datasetWith(), all);
  expect([behind.length, more, sinks.map((sink) => sink.behind)]).toEqual([1000, 40, [520, 520]]);
});

test('a sink lacks nothing at a destination at which sinks are not applied', async () => {
  const status = await statusOf(await sample(), datasetWith('file:///lake'), all);
  expect(status).toMatchObject({ behind: [], notApplied: expect.stringContaining('file:///lake is not in S3') });
});
