import { messageNames } from '@etl/pipeline/definition';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { CancelledFailure, type WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { LaunchInput } from '../../activities/contract';
import { exited, failureOf, fakeActivities, names, until } from '../support/fakeActivities';
import { type Call, Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const approvalSeconds = 7 * 24 * 3600;

/** Activities of a file that a quality gate holds: the first task that would publish exits with 76. */
function ofHeld(changes: Parameters<typeof fakeActivities>[0] = {}, plan: Parameters<typeof samplePlan>[0] = {}) {
  let held = false;
  return fakeActivities({
    validateInput: async () => ({
      valid: true,
      plan: samplePlan({ options: { rejects: { maxShare: 0.1, level: 'hold' } }, ...plan }),
    }),
    launchTask: async ({ generation, mode }) => ({
      kind: 'launched',
      taskArn: `arn:${mode?.kind ?? 'convert'}:${generation}`,
      generation,
    }),
    awaitTask: async ({ taskArn }) => {
      if (held || /index|shard/.test(taskArn)) return exited(taskArn, 0);
      held = true;
      return { ...exited(taskArn, 76), reported: '12 % of the rows are rejected' };
    },
    ...changes,
  });
}
const modes = (calls: readonly Call[]) =>
  calls.filter(({ name }) => name === 'launchTask').map(({ input }) => (input as LaunchInput).mode?.kind);
const untilHeld = (handle: WorkflowHandle) =>
  until(async () => (await handle.query<RunStatus>('status')).step === 'held');
const approve = (handle: WorkflowHandle, answer: unknown) =>
  handle.executeUpdate(messageNames.approve, { args: [answer] });
const rejected = async (update: Promise<unknown>): Promise<string> => {
  const error = await update.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { cause } = error as { cause?: Error };
  return cause?.message ?? 'it was taken';
};

withServer('a batch that a quality gate holds', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  test('sends an alert, waits, and is published after an approval, which the run records with its author', async () => {
    const { activities, calls } = ofHeld();
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      const { note, answers } = await handle.query<RunStatus>('status');
      expect(note).toContain('Held: 12 % of the rows are rejected; exit code 76.');
      const command = `npx etl approve ${handle.workflowId}`;
      expect(answers).toEqual([
        { what: 'Approve', command },
        { what: 'Refuse', command: `${command} --refuse` },
      ]);
      expect(await approve(handle, { approved: true, by: 'ana', note: 'known supplier' })).toMatchObject({ by: 'ana' });
      expect(await handle.result()).toMatchObject({
        delivered: { kind: 'delivered' },
        approval: { approved: true, by: 'ana', note: 'known supplier' },
        launches: [
          { generation: 1, failureType: 'Held' },
          { generation: 2, purpose: 'commit' },
        ],
      });
      const { memo } = await handle.describe();
      expect(memo).toMatchObject({ approval: { approved: true, by: 'ana', at: expect.any(String) } });
    });
    expect(modes(calls)).toEqual([undefined, 'commit']);
    const notifications = calls.filter(({ name }) => name === 'notify').map(({ input }) => input);
    expect(notifications).toMatchObject([
      { outcome: { kind: 'held', reason: '12 % of the rows are rejected; exit code 76', until: expect.any(String) } },
      { outcome: { kind: 'success' } },
    ]);
  });

  test('rejects an approval that is invalid, or that arrives when the run is not waiting for one', async () => {
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { activities } = ofHeld({
      confirmCommit: async () => {
        await gone;
        return await fakeActivities().activities.confirmCommit({} as never);
      },
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      expect(await rejected(approve(handle, { approved: 'yes' }))).toBe('approved: must be true or false');
      expect(await rejected(approve(handle, { approved: true, who: 'ana' }))).toMatch(/^who: unknown key/);
      await handle.signal(messageNames.approval, 'yes');
      await approve(handle, { approved: true });
      expect(await rejected(approve(handle, { approved: true }))).toBe('the run is not waiting for an approval');
      go();
      await handle.result();
    });
  });

  test('is also published after an approval by signal, as a batch sends it', async () => {
    const { activities, calls } = ofHeld();
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      await handle.signal(messageNames.approval, { approved: true, by: 'the batch' });
      expect(await handle.result()).toMatchObject({ approval: { by: 'the batch' } });
    });
    expect(modes(calls)).toEqual([undefined, 'commit']);
  });

  test('fails with NotApproved, the author and the note, an alert and a dead letter when it is refused', async () => {
    const { activities, calls } = ofHeld();
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      await approve(handle, { approved: false, by: 'ana', note: 'send it again' });
      expect(await failureOf(handle)).toMatchObject({
        type: 'NotApproved',
        message: 'rejected by ana (send it again): 12 % of the rows are rejected; exit code 76',
      });
    });
    expect(modes(calls)).toEqual([undefined]);
    expect(names(calls).slice(-2)).toEqual(['notify', 'sendToDeadLetters']);
  });

  test('fails with NotApproved after seven days without an answer', async () => {
    const { activities, calls } = ofHeld();
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({
      type: 'NotApproved',
      message: expect.stringMatching(/^not approved before/),
    });
    const [first, last] = calls.filter(({ name }) => name === 'notify').map(({ atSeconds }) => atSeconds);
    expect((last ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(approvalSeconds - 60);
  });

  test('is cancelled without a dead letter when the run is cancelled while it waits', async () => {
    const { activities, calls } = ofHeld({ confirmCommit: async () => ({ kind: 'missing' }) });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      await handle.cancel();
      const error = await handle.result().catch((thrown: unknown) => thrown);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    });
    expect(names(calls)).not.toContain('sendToDeadLetters');
    expect(calls.at(-1)?.input).toMatchObject({ outcome: { kind: 'cancelled' } });
  });

  test('is held and published after an approval when several tasks have converted it', async () => {
    const { activities, calls } = ofHeld({}, { compute: { spot: false, shards: 2 } });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      await approve(handle, { approved: true });
      await handle.result();
    });
    const all = calls.filter(({ name }) => name === 'launchTask').map(({ input }) => (input as LaunchInput).mode);
    expect(all.slice(-2)).toEqual([
      { kind: 'commit', shards: { of: 2, indexUri: expect.any(String) } },
      { kind: 'commit' },
    ]);
    expect(all.map((mode) => mode?.kind)).toEqual(['index', 'shard', 'shard', 'commit', 'commit']);
  });

  test('waits seven days when the plan of an earlier version has no approval timeout', async () => {
    const { timings } = samplePlan();
    expect(timings).not.toHaveProperty('approvalSeconds');
    const { activities } = ofHeld({}, { timings });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      const startedAt = (await handle.describe()).startTime.getTime();
      const { note = '' } = await handle.query<RunStatus>('status');
      const until = Date.parse(/Waits until (\S+)$/.exec(note)?.[1] ?? '');
      expect((until - startedAt) / 1000).toBeCloseTo(approvalSeconds, -2);
      await approve(handle, { approved: true });
      await handle.result();
    });
  });

  test('sends no held message when its batch sends the notifications', async () => {
    const { activities, calls } = ofHeld({}, { notifications: 'none' });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await untilHeld(handle);
      await approve(handle, { approved: true });
      await handle.result();
    });
    expect(calls.filter(({ input }) => (input as { outcome?: { kind: string } }).outcome?.kind === 'held')).toEqual([]);
  });
});
