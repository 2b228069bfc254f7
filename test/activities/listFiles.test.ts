import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { addLeftOut, type LeftOut } from '@etl/pipeline/batch/summary';
import { layout } from '@etl/pipeline/layout';
import { optionsHash } from '@etl/pipeline/options';
import { createFileStore } from '@etl/storage/fileStore';
import type { FoundFile } from '../../activities/contract';
import { listAllFiles, listFiles } from '../../activities/listFiles';
import type { ExecutionState } from '../../activities/ports';
import { MemoryStore } from '../support/fakePorts';
import { oddFiles, unreadableFolder } from '../support/oddFiles';

const plan: BatchPlan = {
  prefix: 's3://raw/ventas/{date}',
  from: '2026-02-08',
  to: '2026-02-08',
  mode: 'missing',
  maxConcurrent: 3,
  onFailure: 'fail',
  detail: { dataset: 'ventas' },
  destination: 's3://clean',
  priority: 3,
};

/** The listing over these keys, with the state of their workflows in Temporal. */
function place(keys: readonly string[], states: Readonly<Record<string, ExecutionState>> = {}) {
  const store = new MemoryStore();
  for (const key of keys) store.objects.set(`s3://raw/${key}`, Buffer.from('a\n1\n'));
  const executions = { state: async (id: string): Promise<ExecutionState> => states[id] ?? { status: 'unknown' } };
  const commit = async (key: string, changes: object = {}) => {
    const uri = `s3://raw/${key}`;
    const source = { uri, bytes: 4, fingerprint: (await store.head(uri))?.fingerprint, ...changes };
    const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: /(\w+)\.\w+$/.exec(key)?.[1] ?? '' };
    const manifest = { version: 1, parts: [], source, optionsHash: optionsHash({}, 500_000) };
    await store.write(layout('s3://clean', batch).commit(1), JSON.stringify(manifest));
  };
  const all = async (changes: Partial<BatchPlan> = {}, limit?: number): Promise<FoundFile[]> => {
    const found: FoundFile[] = [];
    for await (const file of listAllFiles({ store, executions }, { ...plan, ...changes }, limit)) found.push(file);
    return found;
  };
  return { store, executions, commit, all };
}

const short = (files: readonly FoundFile[]) =>
  files.map(({ uri, batch, skip, refused }) =>
    [uri.replace('s3://raw/', ''), batch.batchDate, skip ?? (refused === undefined ? 'start' : 'refused')].join(' '),
  );

test('lists the data files of the day in key order, without hidden files or files of another day', async () => {
  const { all } = place([
    'ventas/2026-02-08/b.csv.gz',
    'ventas/2026-02-08/a.csv',
    'ventas/2026-02-08/sub/c.TSV',
    'ventas/2026-02-08/notes.pdf',
    'ventas/2026-02-08/_SUCCESS',
    'ventas/2026-02-08/_tmp/d.csv',
    'ventas/2026-02-08/.e.csv',
    'ventas/2026-02-09/f.csv',
    'ventas/2026-02-080/g.csv',
  ]);
  expect(short(await all())).toEqual([
    'ventas/2026-02-08/a.csv 2026-02-08 start',
    'ventas/2026-02-08/b.csv.gz 2026-02-08 start',
    'ventas/2026-02-08/sub/c.TSV 2026-02-08 start',
  ]);
});

test("puts fewer very long keys on a page, so that the result stays below Temporal's limit", async () => {
  const keys = Array.from({ length: 200 }, (_, index) => `ventas/2026-02-08/${'\u0001'.repeat(900)}${100 + index}.csv`);
  const { all, store, executions } = place(keys);
  const page = await listFiles({ store, executions }, { plan, batchDate: '2026-02-08', limit: 200 });
  expect(JSON.stringify(page).length).toBeLessThan(2 ** 20);
  expect(page.files.length).toBeGreaterThan(50);
  expect((await all()).map(({ uri }) => uri)).toEqual(keys.map((key) => `s3://raw/${key}`));
});

test('each page continues where the previous one ended, and all pages together are complete', async () => {
  const keys = Array.from({ length: 7 }, (_, index) => `ventas/2026-02-08/${index}.csv`);
  const { all, store, executions } = place(keys);
  for (const limit of [1, 2, 3, 7, 8])
    expect((await all({}, limit)).map(({ uri }) => uri)).toEqual(keys.map((key) => `s3://raw/${key}`));
  const page = await listFiles({ store, executions }, { plan, batchDate: '2026-02-08', limit: 7 });
  expect(page.next).toBeUndefined();
});

test('without placeholders the date in the key decides; a file without one belongs to the requested day', async () => {
  const { all } = place(['in/x_2026-02-07.csv', 'in/x_2026-02-08.csv', 'in/plain.csv']);
  const prefix = 's3://raw/in';
  expect(short(await all({ prefix }))).toEqual([
    'in/plain.csv 2026-02-08 start',
    'in/x_2026-02-08.csv 2026-02-08 start',
  ]);
  expect(short(await all({ prefix, from: '2026-02-01' }))).toEqual([
    'in/plain.csv 2026-02-01 refused',
    'in/x_2026-02-07.csv 2026-02-07 start',
    'in/x_2026-02-08.csv 2026-02-08 start',
  ]);
});

test('lists a prefix with a month once for all its days', async () => {
  const { all } = place([
    'in/2026/01/x_20260131.csv',
    'in/2026/02/07/x.csv',
    'in/2026/02/08/x.csv',
    'in/2026/03/01/x.csv',
  ]);
  expect(short(await all({ prefix: 's3://raw/in/{yyyy}/{MM}', from: '2026-01-30', to: '2026-02-28' }))).toEqual([
    'in/2026/01/x_20260131.csv 2026-01-31 start',
    'in/2026/02/07/x.csv 2026-02-07 start',
    'in/2026/02/08/x.csv 2026-02-08 start',
  ]);
});

test('match applies to the file name and may contain the date', async () => {
  const { all } = place(['in/a-20260208.dump', 'in/b-20260208.dump', 'in/a-20260209.dump', 'in/_a-20260208.dump']);
  expect(short(await all({ prefix: 's3://raw/in', match: 'a-{yyyy}{MM}{dd}.*' }))).toEqual([
    'in/a-20260208.dump 2026-02-08 start',
  ]);
});

test('lists a delivered file again only when it has changed, for other options, or with mode all', async () => {
  const { all, commit } = place(['ventas/2026-02-08/a.csv']);
  await commit('ventas/2026-02-08/a.csv');
  const skips = async (changes: Partial<BatchPlan>) => (await all(changes)).map(({ skip }) => skip ?? 'start');
  expect(await skips({})).toEqual(['delivered']);
  expect(await skips({ mode: 'all' })).toEqual(['start']);
  expect(await skips({ detail: { dataset: 'ventas', chunkRows: 10 } })).toEqual(['start']);
  await commit('ventas/2026-02-08/a.csv', { fingerprint: 'another' });
  expect(await skips({})).toEqual(['start']);
});

test('gives files with similar names separate batches and keeps the name of an earlier delivery', async () => {
  const { all, commit } = place(['ventas/2026-02-08/a.csv', 'ventas/2026-02-08/a.csv.gz']);
  const sources = async () => (await all({}, 1)).map(({ batch, skip }) => [batch.source, skip]);
  const hashed = expect.stringMatching(/^a-[0-9a-f]{12}$/);
  const [first, second] = await sources();
  expect([first, second]).toEqual([
    [hashed, undefined],
    [hashed, undefined],
  ]);
  expect(first).not.toEqual(second);
  await commit('ventas/2026-02-08/a.csv');
  expect(await sources()).toEqual([
    ['a', 'delivered'],
    [hashed, undefined],
  ]);
});

test('refuses a file that would replace the data of another, unless the request declares it', async () => {
  const { all, commit } = place(['ventas/a.csv', 'old/ventas/a.csv']);
  await commit('old/ventas/a.csv');
  const changes = { prefix: 's3://raw/ventas', rawBase: 's3://raw' };
  const [refused] = await all(changes);
  expect(refused?.refused).toMatch(
    /delivered from s3:\/\/raw\/old\/ventas\/a\.csv, and s3:\/\/raw\/ventas\/a\.csv would/,
  );
  const detail = { dataset: 'ventas', replaces: 's3://raw/old/' };
  expect(short(await all({ ...changes, detail }))).toEqual(['ventas/a.csv 2026-02-08 start']);
});

test('leaves a running pipeline alone and names its starter; mode failed takes only failed files', async () => {
  const changes = { prefix: 's3://raw/ventas', rawBase: 's3://raw' };
  const id = (name: string) => `etl/ventas/2026-02-08/${name}`;
  const closed = (how: string): ExecutionState => ({ status: 'closed', how, closedAt: 0 });
  const partOf = { batch: 'other night', run: 'r', file: 'f' };
  const { all } = place(
    ['a', 'b', 'c', 'd', 'e'].map((name) => `ventas/${name}.csv`),
    {
      [id('a')]: { status: 'running' },
      [id('b')]: { status: 'running', partOf },
      [id('c')]: closed('FAILED'),
      [id('d')]: closed('COMPLETED'),
    },
  );
  const found = await all(changes);
  expect(found.map(({ skip }) => skip)).toEqual(['running', 'running', undefined, undefined, undefined]);
  expect(found[0]?.reason).toBe('etl/ventas/2026-02-08/a is running, started by another caller');
  expect(found[1]?.reason).toBe('etl/ventas/2026-02-08/b is running, started by batch other night');
  expect((await all({ ...changes, mode: 'failed' })).map(({ skip }) => skip)).toEqual([
    'running',
    'running',
    undefined,
    'notFailed',
    'notFailed',
  ]);
});

test('does not use the folder of the day as the dataset', async () => {
  const { all } = place(['ventas/2026-02-08/a.csv', 'ventas/2026-02-08/compras/a.csv']);
  const found = await all({ detail: {} });
  expect(found.map(({ refused, batch }) => refused ?? batch.dataset)).toEqual([
    'its dataset would be 2026-02-08, the folder of its day: set detail.dataset',
    'compras',
  ]);
});

test.each(['2026/02/08', '2026-02-08', 'ventas_20260208', 'batch_date=2026-02-08'])(
  'does not use a folder %s as the dataset, below the listed folder or as the listed folder',
  async (folder) => {
    const { all } = place([`ventas/${folder}/a.csv`, `ventas/${folder}/compras/a.csv`, 'ventas/a.csv']);
    const found = await all({ prefix: 's3://raw/ventas', detail: {} });
    expect(found.map(({ uri, refused }) => [uri.slice(9), refused?.replace(/be \S+,/, 'be …,')]).sort()).toEqual(
      [
        ['ventas/a.csv', undefined],
        [`ventas/${folder}/a.csv`, 'its dataset would be …, the folder of its day: set detail.dataset'],
        [`ventas/${folder}/compras/a.csv`, undefined],
      ].sort(),
    );
    const itself = await all({ prefix: `s3://raw/ventas/${folder}`, detail: {} });
    expect(itself.map(({ refused }) => refused === undefined)).toEqual([false, true]);
    expect((await all({ prefix: 's3://raw/ventas', detail: { dataset: 'ventas' } }))[0]?.refused).toBeUndefined();
  },
);

test('does not use the folder of commits as the dataset', async () => {
  const { all } = place(['ventas/2026-02-08/etl-commits/a.csv']);
  expect((await all({ detail: {} })).map(({ refused }) => refused)).toEqual([
    'its dataset would be etl-commits, which is the name of the folder of commits: choose another name for the dataset',
  ]);
});

test('a damaged commit log affects only its own file', async () => {
  const { all, store } = place(['ventas/2026-02-08/a.csv', 'ventas/2026-02-08/b.csv']);
  await store.write('s3://clean/_etl/ventas/2026-02-08/a/commits/000001.json', 'half');
  const found = await all();
  expect(found.map(({ refused }) => refused?.slice(0, 33))).toEqual(['its commit log cannot be read: s3', undefined]);
});

test('refuses keys that no program can open, with the remedy, and ignores empty folder markers', async () => {
  const day = 'ventas/2026-02-08';
  const { all, store } = place([
    `${day}/x/../a.csv`,
    `${day}/b\0.csv`,
    `${day}/c.csv/`,
    `${day}//d.csv`,
    `${day}/\u0001.csv`,
  ]);
  store.objects.set(`s3://raw/${day}/`, Buffer.alloc(0));
  store.objects.set(`s3://raw/${day}/sub.csv/`, Buffer.alloc(0));
  store.objects.set(`s3://raw/${day}/empty.csv`, Buffer.alloc(0));
  const found = await all();
  expect(Object.fromEntries(found.map(({ uri, refused }) => [uri.slice(27), refused?.replace(/,.*/, '')]))).toEqual({
    'x/../a.csv': 'its key has a . or .. segment',
    'b\0.csv': 'its key contains a NUL character',
    'c.csv/': 'its key ends in /',
    '/d.csv': undefined,
    '\u0001.csv': undefined,
    'empty.csv': undefined,
  });
});

test('counts what is left out by reason, whatever the page size', async () => {
  const { store, executions } = place([
    ...['in/_a.csv', 'in/.git/b.csv', 'in/c.pdf', 'in/d.csv', 'in/e_2026-02-07.csv', 'in/f.csv', 'in/z.pdf'],
  ]);
  for (const limit of [1, 2, 200]) {
    let leftOut: LeftOut = {};
    const count = (more: LeftOut) => {
      leftOut = addLeftOut(leftOut, more);
    };
    const of = { ...plan, prefix: 's3://raw/in' };
    for await (const _ of listAllFiles({ store, executions }, of, limit, count));
    expect(leftOut).toEqual({ hidden: 2, name: 2, day: 1 });
  }
});

test('counts what is left out once, if days differ only in the names of their files', async () => {
  const files = ['in/v_2026-02-07.csv', 'in/v_2026-02-08.csv', 'in/v_2026-02-09.csv', 'in/w.csv', 'in/_a.csv'];
  const { store, executions } = place([...files, 'in/v_2026-01-01.csv', 'next/x.csv']);
  const found: string[] = [];
  let leftOut: LeftOut = {};
  const range = { from: '2026-02-07', to: '2026-02-09', match: 'v_{date}.csv' };
  const of = { ...plan, ...range, prefix: 's3://raw/in' };
  const count = (more: LeftOut) => {
    leftOut = addLeftOut(leftOut, more);
  };
  for await (const { uri } of listAllFiles({ store, executions }, of, 2, count)) found.push(uri);
  expect(found).toHaveLength(3);
  expect(leftOut).toEqual({ hidden: 1, name: 2 });
});

describe('a folder with entries that are not regular files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-odd-'));
  let clean = (): void => undefined;
  beforeAll(() => {
    oddFiles(folder);
    clean = unreadableFolder(folder, 'shut');
  });
  afterAll(() => {
    clean();
    rmSync(folder, { recursive: true });
  });
  const found = async (changes: Partial<BatchPlan> = {}, limit?: number) => {
    const ports = { store: createFileStore(), executions: { state: async () => ({ status: 'unknown' }) as const } };
    const of = { ...plan, prefix: fileUri(folder), destination: `${fileUri(folder)}-lake`, ...changes };
    const all: Record<string, string> = {};
    for await (const { uri, skip, refused } of listAllFiles(ports, of, limit)) {
      const path = uri.slice(of.prefix.length + 1).replace(/x{200}.*/, '…');
      all[path] = refused === undefined ? (skip ?? 'start') : 'refused';
    }
    return all;
  };
  const expected = {
    'a%F1o/in.csv': 'refused',
    'caf%E9.csv': 'refused',
    'caf%EF%BF%BD.csv': 'start',
    'dangling.csv': 'refused',
    'link.csv': 'start',
    'linked/': 'notAFile',
    'loop.csv': 'refused',
    'pipe.csv': 'notAFile',
    'plain.csv': 'start',
    'real/inside.csv': 'start',
    'real/up/': 'notAFile',
    'shut/…': 'refused',
  };

  test('lists each entry with any page size', async () => {
    for (const limit of [1, 3, 200]) expect(await found({}, limit)).toEqual(expected);
  });

  test('applies match to the decoded name, and never to a folder', async () => {
    expect(await found({ match: 'caf?.csv' })).toEqual({
      ...{ 'caf%E9.csv': 'refused', 'caf%EF%BF%BD.csv': 'start' },
      ...{ 'linked/': 'notAFile', 'real/up/': 'notAFile', 'shut/…': 'refused' },
    });
  });
});
