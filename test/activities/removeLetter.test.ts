import { layout } from '@etl/pipeline/layout';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../activities';
import type { DeadLetters, Ports } from '../../activities/ports';
import { MemoryStore } from '../support/fakePorts';
import { samplePlan } from '../support/samplePlan';

const run = { workflowId: 'w', runId: 'r1', startedAt: '2026-02-08T00:00:00.000Z' };

/** Confirms a commit that exists or is missing. */
async function confirm(plan: ReturnType<typeof samplePlan>, isThere: boolean, delivered: DeadLetters['delivered']) {
  const store = new MemoryStore();
  const { source, optionsHash } = plan;
  const totals = { rowsRead: 0, rowsWritten: 0, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 };
  const manifest = { version: 1, runId: 'r1', source, optionsHash, parts: [], totals, warnings: [] };
  if (isThere) await store.write(layout(plan.destination, plan.batch).commit(1), JSON.stringify(manifest));
  const ports = { store, deadLetters: { delivered } } as unknown as Ports;
  const settings = {
    rawBase: undefined,
    cleanBase: 'file:///lake',
    timeScale: 1,
    uiUrl: undefined,
    pollSeconds: 5,
    messageLanguage: 'es',
  } as const;
  const activities = createActivities(ports, settings);
  return new MockActivityEnvironment().run(activities.confirmCommit, { plan, run });
}

test('a delivery removes the letter of its event for failures before the run', async () => {
  const delivered = jest.fn(async () => undefined);
  expect(await confirm(samplePlan({ letterKey: 'k' }), true, delivered)).toMatchObject({ kind: 'delivered' });
  expect(delivered.mock.calls).toEqual([['k', new Date(run.startedAt)]]);
});

test('keeps the letter without a delivery, and for a plan of an earlier version', async () => {
  const delivered = jest.fn(async () => undefined);
  expect(await confirm(samplePlan({ letterKey: 'k' }), false, delivered)).toMatchObject({ kind: 'missing' });
  expect(await confirm(samplePlan(), true, delivered)).toMatchObject({ kind: 'delivered' });
  expect(delivered).not.toHaveBeenCalled();
});

test('a letter that cannot be removed does not fail the delivery', async () => {
  const away = () => Promise.reject(new Error('the queue is away'));
  expect(await confirm(samplePlan({ letterKey: 'k' }), true, away)).toMatchObject({ kind: 'delivered' });
});
