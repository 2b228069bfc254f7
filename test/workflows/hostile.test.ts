import { maxConcurrency } from '@etl/pipeline/batch/control';
import { messageNames } from '@etl/pipeline/definition';
import type { RunStatus } from '@etl/pipeline/runStatus';
import {
  CancelledFailure,
  type WorkflowFailedError,
  type WorkflowHandle,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { exited, failureOf, fakeActivities, names, until, waitForCancel } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';
import { names as fileNames, gate, withBatch, world } from './nightlyBatch/support';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const proto: unknown = JSON.parse('{"__proto__": {"approved": true}, "constructor": 1}');
const nested: unknown = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`);
/** Short enough for a history to hold several dozen copies. */
const huge = 'x'.repeat(20_000);
/** Arguments that any client can send. */
const values: readonly (readonly unknown[])[] = [
  [],
  [null],
  [undefined],
  [0],
  [-1.5],
  [true],
  [''],
  ['text'],
  [huge],
  [[]],
  [[null]],
  [{}],
  [proto],
  [nested],
  [{ nested }],
  [{ generation: 1, progress: null }],
  [{ generation: 1, progress: { phase: 'converting', bytesRead: 'all', updatedAt: null } }],
  [{ generation: 1, progress: { phase: huge, bytesRead: 1, bytesTotal: 1, rowsRead: 1, parts: 1, updatedAt: '' } }],
  [{ number: {}, progress: [] }],
  [{ taskArn: null, lastStatus: 'STOPPED' }],
  [{ taskArn: ['arn'], lastStatus: {} }],
  [{ approved: 'yes' }],
  [{ approved: 1, by: {} }],
  [{ approved: true, note: huge }],
  [{ approved: true, file: null }],
  [{ file: {} }],
  [{ file: huge }],
  [{ maxConcurrent: null }],
  [{ maxConcurrent: '3' }],
  [{ maxConcurrent: maxConcurrency + 1 }],
  [{ workflowId: 5, reason: 'r' }],
  [{ workflowId: 'w', reason: {}, until: [] }],
  [null, null],
];

const signals = [
  messageNames.taskProgress,
  messageNames.taskStateChanged,
  messageNames.shardProgress,
  messageNames.approval,
  messageNames.fileHeld,
  'unknown',
];
const updates = [messageNames.approve, messageNames.setConcurrency, messageNames.retryFile, 'unknown'];

withServer('workflows that receive arbitrary messages', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop(), 120_000);

  const sendAll = async (handle: WorkflowHandle): Promise<void> => {
    for (const name of signals) {
      await Promise.all(values.map((args) => handle.signal(name, ...args)));
    }
    for (const name of updates) {
      await Promise.all(
        values.map(async (args) => {
          const error = await handle.executeUpdate(name, { args: args as [] }).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
          expect((error as WorkflowUpdateFailedError).cause?.message.length).toBeLessThan(3000);
        }),
      );
    }
    for (const args of values.slice(0, 12)) {
      expect(await handle.queryWithOptions(messageNames.status, { args: args as [] })).toBeDefined();
    }
  };
  const failedTasks = async (handle: WorkflowHandle): Promise<number> => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).filter(({ workflowTaskFailedEventAttributes: failed }) => failed).length;
  };
  const cancelled = async (handle: WorkflowHandle): Promise<void> => {
    await handle.cancel();
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  };

  test('a pipeline keeps running and can be cancelled', async () => {
    const { activities, calls } = fakeActivities({
      awaitTask: waitForCancel,
      confirmCommit: async () => ({ kind: 'missing' }),
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => names(calls).includes('awaitTask'));
      await sendAll(handle);
      expect(await handle.query<RunStatus>('status')).toMatchObject({ step: 'transform', generation: 1 });
      expect(await failedTasks(handle)).toBe(0);
      await cancelled(handle);
    });
  }, 120_000);

  test('a pipeline keeps running and delivers', async () => {
    const over = gate();
    const { activities, calls } = fakeActivities({
      awaitTask: async ({ taskArn }) => over.passed.then(() => exited(taskArn, 0)),
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => names(calls).includes('awaitTask'));
      await sendAll(handle);
      over.open();
      expect(await handle.result()).toMatchObject({ delivered: { kind: 'delivered' } });
    });
  }, 120_000);

  test('a batch keeps running, can be paused, and delivers', async () => {
    const of = world(rig, { '2026-02-08': fileNames(2) }, { maxConcurrent: 1 });
    const begun = gate();
    of.conduct.set('f000.csv', () => begun.passed.then(() => undefined));
    await withBatch(rig, of, async (batch) => {
      await until(() => of.began.length === 1);
      await sendAll(batch);
      for (const args of values.slice(0, 14)) {
        await batch.executeUpdate('pause', { args: args as [] });
        await batch.executeUpdate('resume', { args: args as [] });
      }
      expect(await failedTasks(batch)).toBe(0);
      begun.open();
      expect(await batch.result()).toMatchObject({ delivered: 2 });
    });
  }, 120_000);

  test('a shard keeps running and converts', async () => {
    const over = gate();
    const { activities, calls } = fakeActivities({
      awaitTask: async ({ taskArn }) => over.passed.then(() => exited(taskArn, 0)),
    });
    const mode = { kind: 'shard', number: 1, of: 2, indexUri: 'file:///lake/index.json' };
    await rig.with(activities, async (start) => {
      const handle = await start({ plan: samplePlan(), title: 't', mode }, undefined, { type: 'convertShard' });
      await until(() => names(calls).includes('awaitTask'));
      for (const name of signals) await Promise.all(values.map((args) => handle.signal(name, ...args)));
      expect(await failedTasks(handle)).toBe(0);
      over.open();
      expect(await handle.result()).toMatchObject({ shardUri: expect.stringMatching(/shard\.json$/) });
    });
  }, 120_000);

  describe('arguments', () => {
    const anything = [null, undefined, 0, 'text', huge, [], {}, proto, nested, { plan: nested, detail: nested }];
    const good = { plan: samplePlan(), title: 't', mode: { kind: 'shard', number: 1, of: 2, indexUri: 'file:///i' } };

    test.each(anything.map((value) => [JSON.stringify(value)?.slice(0, 40) ?? 'undefined', value]))(
      'a pipeline started with %s fails as invalid, with an alert and a dead letter within the size limit',
      async (_, event) => {
        const { activities, calls } = fakeActivities({
          validateInput: async () => ({ valid: false, reasons: ['not an event'], batch: {} }),
        });
        await rig.with(activities, async (start) => {
          // Without an argument the rig would start its own event.
          const failed = await failureOf(await start(event ?? null));
          expect(failed.type).toBe('InvalidInput');
          const letter = calls.find(({ name }) => name === 'sendToDeadLetters')?.input as { event: unknown };
          expect(JSON.stringify(letter.event).length).toBeLessThan(250_000);
          expect(names(calls)).toContain('notify');
        });
      },
    );

    test.each(anything.map((value) => [JSON.stringify(value)?.slice(0, 40) ?? 'undefined', value]))(
      'a shard, a batch and the reaper started with %s end',
      async (_, argument) => {
        const { activities } = fakeActivities();
        await rig.with(activities, async (start) => {
          const given = argument ?? null;
          expect((await failureOf(await start(given, undefined, { type: 'convertShard' }))).type).toBe(
            'BadConfiguration',
          );
          expect((await failureOf(await start(given, undefined, { type: 'nightlyBatch' }))).type).toBe('InvalidInput');
          await (await start(given, undefined, { type: 'reapTasks' })).result().catch(() => undefined);
        });
      },
    );

    test.each<[string, object]>([
      ['a shard number beyond the number of shards', { ...good, mode: { ...good.mode, number: 3 } }],
      ['a plan without timings', { ...good, plan: { ...samplePlan(), timings: undefined } }],
      ['a plan without a batch', { ...good, plan: { ...samplePlan(), batch: null } }],
      ['a plan with text as its size', { ...good, plan: { ...samplePlan(), source: { uri: 'u', bytes: '1' } } }],
    ])('a shard with %s fails', async (_, argument) => {
      const { activities } = fakeActivities();
      await rig.with(activities, async (start) => {
        const failed = await failureOf(await start(argument, undefined, { type: 'convertShard' }));
        expect(failed).toMatchObject({ type: 'BadConfiguration', message: expect.stringMatching(/^the argument of/) });
      });
    });

    test.each([0, 'text', [], { state: {} }, { state: null }, { startsPerRun: 0 }, { startsPerRun: 'all' }])(
      'a batch that continues from %j fails',
      async (handedOver) => {
        const { activities } = fakeActivities();
        await rig.with(activities, async (start) => {
          const handle = await start({ prefix: 'file:///raw' }, undefined, {
            type: 'nightlyBatch',
            more: [handedOver],
          });
          expect((await failureOf(handle)).type).toBe('BadConfiguration');
        });
      },
    );
  });
});
