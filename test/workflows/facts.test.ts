import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact } from '@etl/pipeline/facts';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { EtlActivities } from '../../activities/contract';
import { factSinks } from '../../workers/metrics/factSinks';
import { delivered, exited, failureOf, fakeActivities, until, waitForCancel } from '../support/fakeActivities';
import { quietRuntime, Rig, workflowBundle } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const rows = { read: 10, written: 9, rejected: 0 };
const launch = { kind: 'launch', dataset: 'ventas', lane: 'fargate' };
const delivery = { kind: 'delivery', dataset: 'ventas', at: expect.any(Number), rows };
const end = { kind: 'run', dataset: 'ventas', outcome: 'delivered' };
const catalog: Sinks = { catalog: { type: 'glue', database: 'lake' } };

// Without a cache every workflow task replays the whole history.
withServer.each([
  ['that caches its workflows', {}],
  ['that replays each workflow task', { maxCachedWorkflows: 0 }],
])('on a worker %s', (_, options) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(options);
  }, 60_000);
  afterAll(() => rig.stop());

  /** Returns the facts of a run, once it has ended. */
  const factsOf = async (
    changes: Partial<EtlActivities>,
    act: (handle: WorkflowHandle) => Promise<unknown> = (handle) => handle.result(),
  ): Promise<readonly Fact[]> => {
    const { activities } = fakeActivities(changes);
    const { runId } = await rig.with(activities, async (start) => {
      const handle = await start();
      await act(handle);
      return handle.describe();
    });
    return rig.facts.filter((each) => each.runId === runId).map(({ fact }) => fact);
  };
  const failed = (failureType: string) => ({ kind: 'run', dataset: 'ventas', outcome: 'failed', failureType });
  const withSinks: Pick<EtlActivities, 'validateInput'> = {
    validateInput: async () => ({ valid: true, plan: samplePlan({ sinks: catalog }) }),
  };

  test('a delivered run reports its launch, its delivery and its end', async () => {
    expect(await factsOf({})).toEqual([launch, delivery, end]);
  });

  test('rows that another run committed are not reported', async () => {
    const { rows: _rows, ...other } = delivery;
    const confirmCommit = async () => ({ ...delivered, byThisRun: false });
    expect(await factsOf({ confirmCommit })).toEqual([launch, other, end]);
  });

  test('a batch that was already delivered reports neither a launch nor a delivery', async () => {
    const validateInput = async () => ({ valid: true, plan: samplePlan(), delivered: true }) as const;
    expect(await factsOf({ validateInput })).toEqual([{ ...end, outcome: 'already_delivered' }]);
  });

  test('each launch is reported with its class, cost and duration', async () => {
    const stopped = { size: { cpu: 1024, memoryMiB: 2048 }, pullStartedAt: 0, stoppedAt: 60_000 };
    const awaitTask: EtlActivities['awaitTask'] = async ({ taskArn, generation }) => ({
      ...exited(taskArn, generation === 1 ? 1 : 0),
      ...stopped,
    });
    const facts = await factsOf({ awaitTask });
    const measured = { ...launch, seconds: 60, costUsd: expect.closeTo(0.0008, 4) };
    expect(facts).toEqual([{ ...measured, failureType: 'TaskFailed' }, measured, delivery, end]);
  });

  test('an activity that is retried does not report a fact twice', async () => {
    const confirmCommit: EtlActivities['confirmCommit'] = async () => {
      if (activityInfo().attempt < 3) throw new Error('the answer was lost');
      return delivered;
    };
    expect(await factsOf({ confirmCommit })).toEqual([launch, delivery, end]);
  });

  test('a failed validation reports only the failure', async () => {
    const validateInput = async () => ({ valid: false, reasons: ['no header'], batch: {} }) as const;
    const facts = await factsOf({ validateInput }, failureOf);
    expect(facts).toEqual([{ kind: 'run', outcome: 'failed', failureType: 'InvalidInput' }]);
  });

  test('a failure of the last launch is the failure of the run', async () => {
    const facts = await factsOf({ awaitTask: async ({ taskArn }) => exited(taskArn, 65) }, failureOf);
    expect(facts).toEqual([{ ...launch, failureType: 'BadData' }, failed('BadData')]);
  });

  test('an application that is repeated is reported as retried, and its last one with its state', async () => {
    const applySink: EtlActivities['applySink'] = async ({ attempt }) =>
      attempt === 1
        ? { state: 'failed', reason: 'conflict', retry: true, commit: 1 }
        : { state: 'applied', detail: 'done', commit: 1 };
    const application = { kind: 'sink', dataset: 'ventas', type: 'glue' };
    expect(await factsOf({ ...withSinks, applySink })).toEqual([
      ...[launch, delivery, { ...application, state: 'retried' }, { ...application, state: 'applied' }, end],
    ]);
  });

  test('a run whose sink refuses the commit has delivered, and fails', async () => {
    const applySink = async () => ({ state: 'failed', reason: 'no such table', retry: false, commit: 1 }) as const;
    const application = { kind: 'sink', dataset: 'ventas', type: 'glue', state: 'failed' };
    const facts = await factsOf({ ...withSinks, applySink }, failureOf);
    expect(facts).toEqual([launch, delivery, application, failed('SinkFailed')]);
  });

  // Last: the server does not skip time while the abandoned wait has not heard of the cancellation.
  test('a cancelled run is neither a delivery nor a failure', async () => {
    const uncommitted = { awaitTask: waitForCancel, confirmCommit: async () => ({ kind: 'missing' }) as const };
    const facts = await factsOf(uncommitted, async (handle) => {
      await until(async () => JSON.stringify(await handle.query('status')).includes('arn:task/1'));
      await handle.cancel();
      await handle.result().catch(() => undefined);
    });
    expect(facts.at(-1)).toEqual({ ...failed('Cancelled'), outcome: 'cancelled' });
    expect(facts.map(({ kind }) => kind)).toEqual(['launch', 'run']);
  });
});

test('a replay reports nothing', async () => {
  quietRuntime();
  const reported: string[] = [];
  const sinks = factSinks({ record: (_runId, id) => reported.push(id) });
  const read = (name: string) => JSON.parse(readFileSync(join(__dirname, 'histories', `0.4.0-${name}.json`), 'utf8'));
  for (const name of ['delivered', 'relaunched', 'cancelled'])
    await Worker.runReplayHistory({ workflowBundle, sinks }, read(name), 'replayed');
  expect(reported).toEqual([]);
});
