import { setTimeout as sleep } from 'node:timers/promises';
import { readSinkStatus } from '@etl/storage/sinkStatus';
import { type SinkCall, type SinkCommit, SinkError } from '../../../activities/ports';
import { applySink } from '../../../activities/sinks/applySink';
import { MemoryStore } from '../../support/fakePorts';
import { addCommit, batch, fakeWriters, input, place, storeWithCommits, timings } from './support';

const status = (store: MemoryStore) => readSinkStatus(store, place, 'catalog');
const claims = (store: MemoryStore) => [...store.objects.keys()].filter((uri) => uri.includes('/claims/'));

test('applies the newest commit with its folder, and records that', async () => {
  const store = await storeWithCommits(2);
  const commits: SinkCommit[] = [];
  const sinks = fakeWriters({
    apply: async (commit) => {
      commits.push(commit);
      return { state: 'applied', detail: 'lake.ventas' };
    },
  });
  expect(await applySink({ store, sinks }, input, timings)).toEqual({
    ...{ state: 'applied', detail: 'lake.ventas', commit: 2 },
  });
  expect(commits).toMatchObject([{ batch, number: 2, destination: 's3://lake', manifest: { runId: 'run-2' } }]);
  const parts = [...store.objects.keys()].filter((uri) => uri.startsWith(`${commits[0]?.folder}/`));
  expect(parts.map((uri) => uri.split('/').at(-1))).toEqual(commits[0]?.manifest.parts.map(({ file }) => file));
  expect(await status(store)).toMatchObject({ type: 'glue', applied: 2, detail: 'lake.ventas' });
  expect(claims(store)).toEqual([]);
});

test('gives all attempts of the activity one token, and each application of the workflow another', async () => {
  const store = await storeWithCommits(1);
  const calls: SinkCall[] = [];
  const sinks = fakeWriters({
    apply: async (_, __, call) => {
      calls.push(call);
      return { state: 'applied', detail: '' };
    },
  });
  for (const attempt of [1, 1, 2]) await applySink({ store, sinks }, { ...input, attempt }, timings);
  const [first, again, next] = calls.map(({ token }) => token);
  expect(again).toBe(first);
  expect(next).not.toBe(first);
  expect(first?.length).toBeLessThanOrEqual(64);
});

test('also applies a commit that is made meanwhile', async () => {
  const store = await storeWithCommits(1);
  const numbers: number[] = [];
  const sinks = fakeWriters({
    apply: async ({ number }) => {
      numbers.push(number);
      if (number === 1) await addCommit(store, 2);
      return { state: 'applied', detail: `commit ${number}` };
    },
  });
  expect(await applySink({ store, sinks }, input, timings)).toMatchObject({ state: 'applied', commit: 2 });
  expect(numbers).toEqual([1, 2]);
  expect(await status(store)).toMatchObject({ applied: 2, detail: 'commit 2' });
});

test('does not change the sink for a commit that was replaced while it waited for its turn', async () => {
  const store = await storeWithCommits(1);
  const numbers: number[] = [];
  const sinks = fakeWriters({
    apply: async ({ number }, _, call) => {
      if (number === 1) {
        await addCommit(store, 2);
        // A timer of Node.js may fire up to a millisecond early.
        await sleep(timings.useMs + 10);
      }
      // As a writer does immediately before a change.
      if (!(await call.mayProceed())) return { state: 'superseded' };
      numbers.push(number);
      return { state: 'applied', detail: '' };
    },
  });
  await applySink({ store, sinks }, input, timings);
  expect(numbers).toEqual([2]);
});

test('reports a sink that is ahead of the commit log as a failure that no retry resolves', async () => {
  const store = await storeWithCommits(1);
  const sinks = fakeWriters({ apply: async () => ({ state: 'superseded' }) });
  const answer = await applySink({ store, sinks }, input, timings);
  expect(answer).toMatchObject({ state: 'failed', retry: false, commit: 1 });
  expect(answer).toMatchObject({
    reason: expect.stringContaining('Remove the batch from catalog, then run etl sink replay'),
  });
});

test('records a refusal beside the commit that was applied before', async () => {
  const store = await storeWithCommits(1);
  await applySink({ store, sinks: fakeWriters() }, input, timings);
  await addCommit(store, 2);
  const apply = async () => {
    throw new SinkError('the column id changed its type');
  };
  expect(await applySink({ store, sinks: fakeWriters({ apply }) }, input, timings)).toEqual({
    ...{ state: 'failed', reason: 'the column id changed its type', retry: false, commit: 2 },
  });
  const failed = { commit: 2, reason: 'the column id changed its type' };
  expect(await status(store)).toMatchObject({ applied: 1, failed });
  await applySink({ store, sinks: fakeWriters() }, input, timings);
  expect(await status(store)).not.toHaveProperty('failed');
});

test('passes other errors on, which Temporal retries', async () => {
  const store = await storeWithCommits(1);
  const apply = async () => {
    throw new Error('connection reset');
  };
  await expect(applySink({ store, sinks: fakeWriters({ apply }) }, input, timings)).rejects.toThrow('connection reset');
  expect(await status(store)).toBeUndefined();
});

test('records nothing while a statement is running', async () => {
  const store = await storeWithCommits(1);
  const apply = async () => ({ state: 'running', statement: 's-1' }) as const;
  expect(await applySink({ store, sinks: fakeWriters({ apply }) }, input, timings)).toEqual({
    ...{ state: 'running', statement: 's-1', commit: 1 },
  });
  expect(await status(store)).toBeUndefined();
});

test('stores what a service reads beside the status, once for each commit', async () => {
  const store = await storeWithCommits(1);
  const uris: string[] = [];
  const sinks = fakeWriters({
    apply: async (_, __, call) => {
      uris.push(await call.store('manifest.json', '{}'));
      return { state: 'applied', detail: '' };
    },
  });
  await applySink({ store, sinks }, input, timings);
  expect(uris).toEqual([`${place.internal}/sinks/catalog/1-manifest.json`]);
  expect(store.objects.get(uris[0] ?? '')?.toString()).toBe('{}');
});

test('refuses a commit of an earlier version, which has no folder', async () => {
  const store = await storeWithCommits(1);
  const log = place.commit(1);
  const text = `${store.objects.get(log)}`;
  await store.write(log, text.replaceAll(/"location": ?"commit\/[^/]+\//g, '"location": "work/run-1-1/'));
  const answer = await applySink({ store, sinks: fakeWriters() }, input, timings);
  expect(answer).toMatchObject({ state: 'failed', retry: false });
  expect(answer).toMatchObject({ reason: expect.stringContaining('deliver the file again with --force') });
});

test('fails for a batch without a commit', async () => {
  const store = new MemoryStore();
  await expect(applySink({ store, sinks: fakeWriters() }, input, timings)).rejects.toThrow(
    'the batch has no commit: deliver its file first',
  );
  expect(claims(store)).toEqual([]);
});
