import { Datasets } from '@etl/pipeline/dataset/datasets';
import { layout } from '@etl/pipeline/layout';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import type { Client } from '@temporalio/client';
import { type NightBatch, type NightSources, readNight } from '../../../cli/night/readNight';
import type { Server } from '../../../cli/night/server';
import { MemoryStore } from '../../support/fakePorts';

const lake = 's3://lake';
const now = Date.parse('2026-02-08T07:00:00Z');
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `d${index}`);
/** Name of a dataset that declares no schedule. */
const unscheduled = 'onDemand';
const datasetsOf = (all: readonly string[]) =>
  new Datasets(
    all.map((name) => ({
      name,
      hash: '0123456789abcdef',
      file: `datasets/${name}.yaml`,
      declaration: {
        source: { pattern: `${name}/*.csv` },
        ...(name !== unscheduled && { schedule: { at: '02:30', deadline: '08:00' } }),
      },
    })),
    [],
    's3://raw',
  );

const manifest = {
  version: 1,
  source: { uri: 's3://raw/x.csv' },
  totals: { rowsWritten: 7 },
  parts: [],
  runStartedAt: '2026-02-08T02:30:00Z',
};
async function storeWith(...delivered: string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const dataset of delivered)
    await store.write(
      layout(lake, { dataset, batchDate: '2026-02-08', source: 's' }).commit(1),
      JSON.stringify(manifest),
    );
  return store;
}

/** A server with these runs, whose schedules are all paused or all exist. */
function serverWith(runs: readonly Partial<RunFacts>[] = [], queries: string[] = []): Server {
  const list = async function* ({ query }: { query: string }) {
    queries.push(query);
    for (const { workflowId = '', status = 'FAILED', startedAt = '2026-02-08T02:30:00Z', memo } of runs)
      yield {
        ...{ type: 'etlPipeline', workflowId, runId: workflowId, status: { name: status } },
        startTime: new Date(startedAt),
        ...(status !== 'RUNNING' && { closeTime: new Date('2026-02-08T03:00:00Z') }),
        memo: memo ?? { etl: { outcome: 'TaskFailed', reason: 'exit code 1' } },
      };
  };
  const describe = async () => ({ state: { paused: false }, info: { recentActions: [], createdAt: new Date(0) } });
  const getHandle = (id: string) => ({ query: async () => runs.find(({ workflowId }) => workflowId === id)?.answer });
  const client = {
    workflow: { list, getHandle },
    schedule: { getHandle: () => ({ describe }) },
    withDeadline: (_: number, work: () => unknown) => work(),
  } as unknown as Client;
  return { address: '127.0.0.1:7233', client, close: async () => undefined };
}
const silent: Server = { address: '127.0.0.1:7233', problem: 'no answer within 5 s' };

const read = (sources: Partial<NightSources> & { readonly store: NightSources['store'] }, query: object = {}) =>
  readNight(
    { datasets: datasetsOf(['d0']), cleanBase: lake, server: Promise.resolve(serverWith()), ...sources },
    { now, ...query },
  );
const states = (batches: readonly NightBatch[]) => batches.map(({ dataset, state }) => `${dataset} ${state}`);

test('reads 200 datasets with a bounded number of queries', async () => {
  const all = names(200);
  const queries: string[] = [];
  const { batches } = await read({
    store: await storeWith(...all.slice(0, 198)),
    datasets: datasetsOf(all),
    server: Promise.resolve(serverWith([{ workflowId: 'etl/d199/2026-02-08/s' }], queries)),
  });
  expect(batches).toHaveLength(200);
  expect(states(batches).slice(-3)).toEqual(['d197 delivered', 'd198 missing', 'd199 failed']);
  expect(batches[0]).toMatchObject({ files: 1, rows: 7 });
  // Temporal allows ten a second.
  expect(queries.length).toBeLessThanOrEqual(25);
});

test('shows what the commit log knows if the server does not answer', async () => {
  const store = await storeWith('d0');
  const night = await read({ store, datasets: datasetsOf(['d0', 'd1']), server: Promise.resolve(silent) });
  expect(states(night.batches)).toEqual(['d0 delivered', 'd1 unknown']);
  expect(night.withoutRuns).toBe('Temporal at 127.0.0.1:7233: no answer within 5 s');
});

test('a storage that does not answer is reported, with what Temporal knows', async () => {
  const store = new MemoryStore();
  store.list = async function* () {
    await new Promise(() => undefined);
    yield* [];
  };
  const server = Promise.resolve(serverWith([{ workflowId: 'etl/d1/2026-02-08/s' }]));
  const night = await read({ store, datasets: datasetsOf(['d0', 'd1']), server, readMs: 300 });
  expect(night.batches).toMatchObject([
    { dataset: 'd0', state: 'unknown', unread: expect.stringMatching(/^no answer within 0\.\d s$/) },
    { dataset: 'd1', state: 'failed' },
  ]);
});

test('a list of runs that does not end is reported', async () => {
  const server = serverWith();
  if ('client' in server)
    server.client.workflow.list = async function* () {
      await new Promise(() => undefined);
      yield* [];
    } as never;
  const night = await read({ store: await storeWith('d0'), server: Promise.resolve(server), readMs: 300 });
  expect(night).toMatchObject({ withoutRuns: expect.stringContaining('no answer'), batches: [{ state: 'delivered' }] });
});

test('adds recent runs of datasets without a schedule, and those of other days that failed', async () => {
  const runs = [
    { workflowId: 'etl/hand/2026-01-01/s', status: 'COMPLETED' },
    { workflowId: 'etl/d0/2026-01-02/s', status: 'COMPLETED' },
    { workflowId: 'etl/d0/2026-01-03/s' },
  ];
  const { batches } = await read({ store: await storeWith('d0'), server: Promise.resolve(serverWith(runs)) });
  expect(batches.map(({ dataset, batchDate, state }) => `${dataset} ${batchDate} ${state}`)).toEqual([
    'd0 2026-02-08 delivered',
    'hand 2026-01-01 delivered',
    'd0 2026-01-03 failed',
  ]);
});

test('shows a declared dataset without a schedule on days on which it has runs or commits', async () => {
  const datasets = datasetsOf(['d0', unscheduled]);
  const failed = { workflowId: `etl/${unscheduled}/2026-02-08/s`, startedAt: '2026-02-08T04:00:00Z' };
  const shown = async (store: MemoryStore, runs: readonly Partial<RunFacts>[], query: object = {}) =>
    states((await read({ store, datasets, server: Promise.resolve(serverWith(runs)) }, query)).batches);
  const [delivered, none] = [await storeWith('d0', unscheduled), await storeWith('d0')];
  expect(await shown(none, [])).toEqual(['d0 delivered']);
  expect(await shown(none, [failed])).toEqual(['d0 delivered', 'onDemand failed']);
  expect(await shown(delivered, [{ ...failed, status: 'COMPLETED' }])).toEqual(['d0 delivered', 'onDemand delivered']);
  const day = { date: '2026-02-08' };
  expect(await shown(none, [], day)).toEqual(['d0 delivered']);
  expect(await shown(none, [failed], day)).toEqual(['d0 delivered', 'onDemand failed']);
  expect(await shown(delivered, [], day)).toEqual(['d0 delivered', 'onDemand delivered']);
  expect(await shown(delivered, [], { date: '2026-02-09' })).toEqual(['d0 notDue']);
});

test('with --date, shows recent runs of undeclared datasets', async () => {
  const runs = [{ workflowId: 'etl/hand/2026-02-08/s' }, { workflowId: 'etl/hand/2026-02-07/s' }];
  const server = Promise.resolve(serverWith(runs));
  const { batches } = await read({ store: await storeWith('d0'), server }, { date: '2026-02-08' });
  expect(states(batches)).toEqual(['d0 delivered', 'hand failed']);
});

test('an open run with another workflow ID is found by its answer', async () => {
  const batch = { dataset: 'd0', batchDate: '2026-02-08', source: 's' };
  const run = { workflowId: 'my-first-run', status: 'RUNNING', answer: { step: 'held', note: 'Held: why', batch } };
  const server = Promise.resolve(serverWith([run]));
  const { batches } = await read({ store: await storeWith(), server });
  expect(states(batches)).toEqual(['d0 held']);
});

test('a run with another workflow ID is found by the memo of its end', async () => {
  const batch = { dataset: 'd0', batchDate: '2026-02-08', source: 's' };
  const run = { workflowId: 'my-first-run', memo: { etl: { outcome: 'TaskFailed', reason: 'exit code 1', ...batch } } };
  const server = Promise.resolve(serverWith([run]));
  const night = await read({ store: await storeWith(), server });
  expect(states(night.batches)).toEqual(['d0 failed']);
  expect(night.batches[0]?.problems).toMatchObject([{ workflowId: 'my-first-run', source: 's' }]);
});

test('selects a batch date and a dataset', async () => {
  const datasets = datasetsOf(['d0', 'd1']);
  const store = await storeWith('d0');
  expect(states((await read({ store, datasets }, { date: '2026-02-08' })).batches)).toEqual([
    'd0 delivered',
    'd1 missing',
  ]);
  expect(states((await read({ store, datasets }, { date: '2026-02-09', dataset: 'd1' })).batches)).toEqual([
    'd1 notDue',
  ]);
  expect(states((await read({ store, datasets }, { date: '2026-02-08', dataset: 'hand' })).batches)).toEqual([
    'hand notDue',
  ]);
});
