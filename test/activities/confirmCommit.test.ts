import { layout } from '@etl/pipeline/layout';
import { confirmCommit } from '../../activities/confirmCommit';
import { MemoryStore } from '../support/fakePorts';
import { samplePlan } from '../support/rig';

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
  ['found there, of the same content', [{}], { kind: 'delivered', byThisRun: false }],
  ['of another source, by an earlier run', [{ source: other }], { kind: 'missing' }],
  ['of other options, by an earlier run', [{ optionsHash: 'x' }], { kind: 'missing' }],
  ['of another source, by a later run', [{ source: other, runStartedAt: later }], { kind: 'superseded', by: 'other' }],
  [
    'its own, replaced since',
    [{ runId: 'mine' }, { source: other, runStartedAt: later }],
    { kind: 'delivered', commit: 1, byThisRun: true },
  ],
  ['the same content, replaced since by another', [{}, { source: other }], { kind: 'missing' }],
  ['its own, of a source that changed after validation', [{ runId: 'mine', source: other }], { kind: 'missing' }],
])('the newest commit is %s', async (_what, manifests, answer) => {
  expect(await confirmCommit(await commits(...manifests), { plan, run })).toMatchObject(answer);
});
