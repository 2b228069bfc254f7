import { messageNames } from '@etl/pipeline/definition';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { RawValue } from '@temporalio/common';
import { exited, failureOf, fakeActivities, names, until } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { gate } from './nightlyBatch/support';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const bytes = (text: string) => Buffer.from(text);
/** Payloads that the `temporal` CLI can send with `--input-base64` and `--input-meta`. */
const payloads = {
  'no metadata': { data: bytes('{}') },
  'no encoding': { metadata: { other: bytes('x') }, data: bytes('{}') },
  'an unknown encoding': { metadata: { encoding: bytes('x'.repeat(1000)) }, data: bytes('{}') },
  'an encoding of another SDK': { metadata: { encoding: bytes('json/protobuf') }, data: bytes('{}') },
  'bytes that are not JSON': { metadata: { encoding: bytes('json/plain') }, data: bytes('{"approved":') },
  'no bytes': { metadata: { encoding: bytes('json/plain') } },
  'binary data': { metadata: { encoding: bytes('binary/plain') }, data: Buffer.alloc(100_000, 7) },
};

const values = Object.values(payloads).map((payload) => RawValue.fromPayload(payload));

withServer('bytes that are not JSON', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop(), 120_000);

  const failedTasks = async (handle: WorkflowHandle): Promise<number> => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).filter(({ workflowTaskFailedEventAttributes: failed }) => failed).length;
  };

  test('a pipeline ignores them in signals and rejects them in updates', async () => {
    const over = gate();
    const { activities, calls } = fakeActivities({
      awaitTask: async ({ taskArn }) => over.passed.then(() => exited(taskArn, 0)),
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => names(calls).includes('awaitTask'));
      for (const value of values) {
        for (const name of [messageNames.taskStateChanged, messageNames.approval, 'unknown'])
          await handle.signal(name, value, value);
        const error = await handle
          .executeUpdate(messageNames.approve, { args: [value] })
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        expect((error as WorkflowUpdateFailedError).cause?.message).toMatch(
          /^cannot be decoded \(encoding ".{0,100}"\): send it as JSON$/,
        );
      }
      expect(await handle.query<RunStatus>('status')).toMatchObject({ step: 'transform' });
      expect(await failedTasks(handle)).toBe(0);
      over.open();
      expect(await handle.result()).toMatchObject({ delivered: { kind: 'delivered' } });
    });
  }, 120_000);

  test.each(Object.entries(payloads))('workflows started with %s fail with a one-line message', async (_, payload) => {
    const value = RawValue.fromPayload(payload);
    const { activities, calls } = fakeActivities();
    await rig.with(activities, async (start) => {
      const startedWith = async (type: string, ...args: readonly unknown[]) =>
        failureOf(await start(args[0], undefined, { type, more: args.slice(1) }));
      const message = expect.stringMatching(/cannot be decoded/);
      expect(await startedWith('etlPipeline', value)).toMatchObject({ type: 'InvalidInput', message });
      expect(names(calls)).toContain('sendToDeadLetters');
      expect(await startedWith('nightlyBatch', value)).toMatchObject({ type: 'InvalidInput', message });
      const request = { prefix: 'file:///raw' };
      expect(await startedWith('nightlyBatch', request, value)).toMatchObject({ type: 'BadConfiguration', message });
      expect(await startedWith('convertShard', value)).toMatchObject({ type: 'BadConfiguration', message });
      expect(await startedWith('reapTasks', value)).toMatchObject({ type: 'BadConfiguration', message });
    });
  });
});
