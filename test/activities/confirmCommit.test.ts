import { joinUri } from '@etl/lib/uri';
import { layout, manifestName, successName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { manifestText, readNewestCommit } from '@etl/storage/commitLog';
import { confirmCommit } from '../../activities/confirmCommit';
import { MemoryStore } from '../support/fakePorts';
import { samplePlan } from '../support/samplePlan';

const plan = samplePlan();
const place = layout(plan.destination, plan.batch);
const run = { workflowId: 'w', runId: 'mine', startedAt: '2026-02-08T10:00:00.000Z' };
const totals = { rowsRead: 1, rowsWritten: 1, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 };

const commits = async (...manifests: object[]): Promise<MemoryStore> => {
  const store = new MemoryStore();
  for (const [index, manifest] of manifests.entries()) {
    const full = {
      version: 1,
      runId: 'other',
      runStartedAt: '2026-02-08T09:00:00.000Z',
      source: plan.source,
      optionsHash: plan.optionsHash,
      parts: [],
      totals,
      warnings: [],
      ...manifest,
    };
    await store.write(place.commit(index + 1), JSON.stringify(full));
  }
  return store;
};
const other = { ...plan.source, fingerprint: 'f2' };
const later = '2026-02-08T11:00:00.000Z';

test.each<[string, object[], object]>([
  ['no commit', [], { kind: 'missing' }],
  ['its own', [{ runId: 'mine' }], { kind: 'delivered', commit: 1, byThisRun: true }],
  ['of the same content, by another run', [{}], { kind: 'delivered', byThisRun: false }],
  ['of another source, by an earlier run', [{ source: other }], { kind: 'missing' }],
  ['with other options, by an earlier run', [{ optionsHash: 'x' }], { kind: 'missing' }],
  ['of another source, by a later run', [{ source: other, runStartedAt: later }], { kind: 'superseded', by: 'other' }],
  [
    'its own, replaced by a later one',
    [{ runId: 'mine' }, { source: other, runStartedAt: later }],
    { kind: 'delivered', commit: 1, byThisRun: true },
  ],
  ['of the same content, replaced by other content', [{}, { source: other }], { kind: 'missing' }],
  ['its own, of a source that changed after validation', [{ runId: 'mine', source: other }], { kind: 'missing' }],
])('the newest commit is %s', async (_what, manifests, answer) => {
  expect(await confirmCommit(await commits(...manifests), { plan, run })).toMatchObject(answer);
});

test('counts the outcomes of the quality rules', async () => {
  const quality = (['passed', 'failed', 'passed', 'notEvaluable'] as const).map((outcome) => ({ outcome }));
  expect(await confirmCommit(await commits({ runId: 'mine', quality }), { plan, run })).toMatchObject({
    quality: { passed: 2, failed: 1, notEvaluable: 1 },
  });
  expect(await confirmCommit(await commits({ runId: 'mine' }), { plan, run })).not.toHaveProperty('quality');
});

describe('a commit that readers must see', () => {
  const published = async (store: MemoryStore, manifest: Manifest): Promise<void> => {
    await store.write(joinUri(place.published, manifestName), manifestText(manifest));
    await store.write(joinUri(place.published, successName), '');
  };
  const newest = async (store: MemoryStore): Promise<Manifest> => {
    const commit = await readNewestCommit(store, place);
    if (!commit) throw new Error('there is no commit');
    return commit.manifest;
  };
  const query = { plan, run, published: true };

  test('is missing while it is not projected: a task was killed before its projection', async () => {
    const store = await commits({ runId: 'mine' });
    expect(await confirmCommit(store, query)).toEqual({ kind: 'missing' });
    expect(await confirmCommit(store, { plan, run })).toMatchObject({ kind: 'delivered' });
  });

  test('is delivered once it is projected', async () => {
    const store = await commits({ runId: 'mine' });
    await published(store, await newest(store));
    expect(await confirmCommit(store, query)).toMatchObject({ kind: 'delivered', byThisRun: true });
  });

  test('is delivered when a later run has replaced it since', async () => {
    const store = await commits({ runId: 'mine' }, { source: other, runStartedAt: later });
    await published(store, await newest(store));
    expect(await confirmCommit(store, query)).toMatchObject({ kind: 'delivered', commit: 1 });
  });
});
