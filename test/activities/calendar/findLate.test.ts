import type { ScheduleFact } from '@etl/pipeline/calendar/cell';
import { Datasets } from '@etl/pipeline/dataset/datasets';
import type { Declaration } from '@etl/pipeline/dataset/declaration';
import { latenessRecords, layout } from '@etl/pipeline/layout';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import { findLate } from '../../../activities/calendar/findLate';
import { readLastCheck, recordCheck, recordLate } from '../../../activities/calendar/records';
import { MemoryStore } from '../../support/fakePorts';

const lake = 's3://lake';
const schedule = { at: '02:30', deadline: '06:00' };
const dataset = (name: string, changes: Partial<Declaration> = {}) => ({
  name,
  hash: '0123456789abcdef',
  file: `datasets/${name}.yaml`,
  declaration: { source: { pattern: `${name}/*.csv` }, schedule, ...changes },
});
const query = { lookbackDays: 3, limit: 10 };

/** Looks for late batches at a time of 8 February 2026; all earlier ones were delivered. */
async function late(
  time: string,
  {
    store = new MemoryStore(),
    runs = [],
    schedules = {},
    datasets = [dataset('ventas')],
  }: {
    readonly store?: MemoryStore;
    readonly runs?: readonly RunFacts[];
    readonly schedules?: Readonly<Record<string, ScheduleFact>>;
    readonly datasets?: ReturnType<typeof dataset>[];
  } = {},
  more: Partial<typeof query> = {},
) {
  for (const { name } of datasets)
    for (const batchDate of ['2026-02-05', '2026-02-06', '2026-02-07'])
      await store.write(layout(lake, { dataset: name, batchDate, source: 's' }).commit(1), '{}');
  return findLate(
    {
      store,
      datasets: new Datasets(datasets, [], 's3://raw'),
      cleanBase: lake,
      now: Date.parse(`2026-02-08T${time}Z`),
      runLister: { ofDays: async () => runs, schedule: async (name) => schedules[name] ?? { exists: true } },
    },
    { ...query, ...more },
  );
}

const run = (changes: Partial<RunFacts> = {}): RunFacts => ({
  workflowType: 'etlPipeline',
  workflowId: 'etl/ventas/2026-02-08/s',
  runId: 'r',
  status: 'RUNNING',
  startedAt: '2026-02-08T02:30:05.000Z',
  ...changes,
});
const failed = (memo: object): RunFacts =>
  run({ status: 'FAILED', endedAt: '2026-02-08T02:40:00.000Z', memo: { etl: { outcome: 'TaskFailed', ...memo } } });
const kinds = async (...args: Parameters<typeof late>): Promise<string[]> =>
  (await late(...args)).alerts.map(({ dataset, batchDate, kind, state }) => `${dataset} ${batchDate} ${kind} ${state}`);

test.each<[string, string, Parameters<typeof late>[1], string[]]>([
  ['nothing before a batch is due', '02:34', {}, []],
  ['a batch that has not started', '02:35', {}, ['ventas 2026-02-08 neverStarted missing']],
  ['nothing while it runs', '05:59', { runs: [run()] }, []],
  ['a running batch after its deadline', '06:00', { runs: [run()] }, ['ventas 2026-02-08 late late']],
  ['nothing after a failure that was reported', '07:00', { runs: [failed({ notification: { sent: true } })] }, []],
  [
    'a failure that was not reported',
    '07:00',
    { runs: [failed({ notification: { sent: false } })] },
    ['ventas 2026-02-08 late failed'],
  ],
  ['nothing for a paused schedule', '05:00', { schedules: { ventas: { exists: true, pausedAfter: 0 } } }, []],
  ['nothing for a dataset without a schedule', '07:00', { datasets: [dataset('ventas', { schedule: undefined })] }, []],
])('finds %s', async (_what, time, world, expected) => {
  expect(await kinds(time, world)).toEqual(expected);
});

test('a schedule that does not exist concerns only the last night', async () => {
  const schedules = { stock: { exists: false }, ventas: { exists: true } };
  const datasets = [dataset('stock'), dataset('ventas')];
  const store = new MemoryStore();
  const isGone = (uri: string) => uri.includes('2026-02-07');
  const list = store.list.bind(store);
  store.list = async function* (prefix, options) {
    for await (const object of list(prefix, options)) if (!isGone(object.uri)) yield object;
  };
  expect(await kinds('05:00', { store, datasets, schedules })).toEqual([
    'stock 2026-02-08 neverStarted missing',
    'ventas 2026-02-07 late missing',
    'ventas 2026-02-07 neverStarted missing',
    'ventas 2026-02-08 neverStarted missing',
  ]);
});

test('does not find an alert that was recorded, of this kind and day', async () => {
  const store = new MemoryStore();
  const [alert] = (await late('02:40', { store })).alerts;
  expect(alert).toEqual({
    kind: 'neverStarted',
    dataset: 'ventas',
    batchDate: '2026-02-08',
    state: 'missing',
    startsAt: '2026-02-08T02:30:00.000Z',
    deadlineAt: '2026-02-08T06:00:00.000Z',
  });
  if (alert) await recordLate(store, lake, alert, 'm1');
  expect(
    JSON.parse(String(store.objects.get(latenessRecords(lake).alert('ventas', '2026-02-08', 'neverStarted')))),
  ).toEqual({
    ...alert,
    messageId: 'm1',
  });
  expect(await kinds('02:55', { store })).toEqual([]);
  expect(await kinds('06:00', { store })).toEqual(['ventas 2026-02-08 late missing']);
});

test('leaves alerts beyond the limit to a later check', async () => {
  const datasets = ['a', 'b', 'c'].map((name) => dataset(name));
  expect(await late('03:00', { datasets }, { limit: 2 })).toMatchObject({
    batches: 9,
    alerts: [{ dataset: 'a' }, { dataset: 'b' }],
    more: 1,
  });
});

test('names datasets that cannot be read, and looks at the others', async () => {
  const store = new MemoryStore();
  const list = store.list.bind(store);
  store.list = (prefix, options) => {
    if (prefix.includes('/a/')) throw new Error('access denied');
    return list(prefix, options);
  };
  const datasets = [dataset('a'), dataset('b'), dataset('c', { schedule: { cron: '99 2 * * *' } })];
  expect(await late('03:00', { store, datasets })).toMatchObject({
    alerts: [{ dataset: 'b' }],
    unread: [
      { dataset: 'c', reason: expect.stringContaining('"99" is not a valid minute') },
      { dataset: 'a', reason: 'access denied' },
    ],
  });
  await expect(late('03:00', { store, datasets: [dataset('a')] })).rejects.toThrow('access denied');
});

test('the last check is recorded; a damaged record counts as none', async () => {
  const store = new MemoryStore();
  expect(await readLastCheck(store, lake)).toBeUndefined();
  const check = { at: '2026-02-08T03:00:00.000Z', everyMinutes: 15, batches: 3, sent: 1, unread: ['a'] };
  await recordCheck(store, lake, check);
  expect(await readLastCheck(store, lake)).toEqual(check);
  await store.write(latenessRecords(lake).lastCheck, '{"at": "yesterday"}');
  expect(await readLastCheck(store, lake)).toBeUndefined();
});
