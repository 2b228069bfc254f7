import { joinUri } from '@etl/lib/uri';
import { layout } from '@etl/pipeline/layout';
import type { LaunchResult } from '../../activities/contract';
import { launchTask } from '../../activities/launchTask';
import { TaskRunnerError } from '../../activities/ports';
import { FakeTaskRunner, MemoryStore } from '../support/fakePorts';
import { samplePlan } from '../support/samplePlan';

const run = { workflowId: 'etl/ventas/2026-02-08/v', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };
const plan = samplePlan();
const first = { plan, run, generation: 1, spot: false };
const arnOf = (result: LaunchResult): string => (result as { taskArn: string }).taskArn;

describe('launchTask', () => {
  let tasks: FakeTaskRunner;
  let store: MemoryStore;
  const launch = (changes: Partial<Parameters<typeof launchTask>[1]> = {}) =>
    launchTask({ tasks, store, namespace: 'default' }, { ...first, ...changes });
  const change = (arn: string, changes: object) => {
    const task = tasks.tasks.get(arn);
    if (task) tasks.set({ ...task, ...changes });
  };
  beforeEach(() => {
    tasks = new FakeTaskRunner();
    store = new MemoryStore();
  });

  test('repeats a launch with the same request and returns the same task, even before ECS lists it', async () => {
    const list = tasks.list.bind(tasks);
    tasks.list = async () => [];
    const once = await launch();
    expect(await launch()).toEqual(once);
    expect(tasks.requests[1]).toEqual(tasks.requests[0]);
    tasks.list = list;
    expect(await launch()).toEqual(once);
    expect(tasks.tasks.size).toBe(1);
    expect(tasks.requests[0]?.environment).toMatchObject({
      INPUT_FILE: plan.source.uri,
      BATCH_DATE: '2026-02-08',
      DATASET: 'ventas',
      WORKFLOW_ID: run.workflowId,
      RUN_ID: 'run-1',
      GENERATION: '1',
      CHUNK_ROWS: '500000',
      OPTIONS: '{}',
      // The timeout of the run counts from the launch and expires earlier.
      TIMEOUT_SECONDS: '3630',
    });
  });

  test('is blocked by a live task of an earlier run of the workflow, including while it stops', async () => {
    const old = arnOf(await launch({ run: { ...run, runId: 'run-0' } }));
    expect(await launch()).toEqual({ kind: 'blocked', by: [old] });
    change(old, { desiredStatus: 'STOPPED' });
    expect(await launch()).toEqual({ kind: 'blocked', by: [old] });
    expect(tasks.tasks.size).toBe(1);
    change(old, { lastStatus: 'STOPPED' });
    expect(await launch()).toMatchObject({ kind: 'launched', generation: 1 });
  });

  test('adopts a task of this run whose launch was never acknowledged, under its original generation', async () => {
    const unrecorded = arnOf(await launch());
    expect(await launch({ generation: 2 })).toEqual({ kind: 'launched', taskArn: unrecorded, generation: 1 });
    expect(tasks.tasks.size).toBe(1);
    change(unrecorded, { desiredStatus: 'STOPPED' });
    expect(await launch({ generation: 2 })).toEqual({ kind: 'blocked', by: [unrecorded] });
  });

  describe('a task that ECS does not report as STOPPED', () => {
    const stuck = { lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED' };

    test.each([0, 65, 76, 79])(
      'does not block after its container has ended with the final exit code %i',
      async (exitCode) => {
        const earlier = arnOf(await launch({ run: { ...run, runId: 'run-0' } }));
        change(earlier, { ...stuck, exitCode });
        const first = arnOf(await launch());
        expect(first).not.toBe(earlier);
        change(first, { ...stuck, exitCode });
        expect(await launch({ generation: 2 })).toMatchObject({ kind: 'launched', generation: 2 });
        expect(tasks.tasks.size).toBe(3);
      },
    );

    test.each([1, 74, 75, 137, 143])('blocks when a new launch follows its exit code %i', async (exitCode) => {
      const failed = arnOf(await launch());
      change(failed, { ...stuck, exitCode });
      expect(await launch({ generation: 2 })).toEqual({ kind: 'blocked', by: [failed] });
      expect(await launch({ run: { ...run, runId: 'run-2' } })).toEqual({ kind: 'blocked', by: [failed] });
    });

    test('blocks when it was stopped from outside, whatever the exit code of its container', async () => {
      const stopped = arnOf(await launch());
      change(stopped, { ...stuck, exitCode: 0, stopCode: 'SpotInterruption' });
      expect(await launch({ generation: 2 })).toEqual({ kind: 'blocked', by: [stopped] });
    });

    test('is found by the launch that started it, however it ends', async () => {
      const mine = arnOf(await launch());
      for (const exitCode of [undefined, 0, 74]) {
        change(mine, { ...stuck, ...(exitCode !== undefined && { exitCode }) });
        expect(await launch()).toEqual({ kind: 'launched', taskArn: mine, generation: 1 });
      }
      expect(tasks.tasks.size).toBe(1);
    });

    test('is neither adopted nor awaited once the run has settled its end, whatever record ECS returns', async () => {
      const over = arnOf(await launch());
      expect(await launch({ generation: 2, over: [over] })).toMatchObject({ kind: 'launched', generation: 2 });
      expect(tasks.tasks.size).toBe(2);
    });
  });

  test('adopts the task of a client token conflict only if it belongs to this run', async () => {
    const ours = arnOf(await launch());
    tasks.list = async () => [];
    tasks.nextAnswer = { conflict: [ours] };
    expect(await launch()).toEqual({ kind: 'launched', taskArn: ours, generation: 1 });
    change(ours, { tags: { 'etl:run-id': 'somebody', 'etl:generation': '1' } });
    tasks.nextAnswer = { conflict: [ours] };
    await expect(launch()).rejects.toThrow(TaskRunnerError);
    // The task is not visible yet, so the error must stay retryable.
    tasks.nextAnswer = { conflict: ['arn:unseen'] };
    await expect(launch()).rejects.not.toThrow(TaskRunnerError);
  });

  test('returns the entries of failures[] with their cause', async () => {
    tasks.nextAnswer = { refused: 'Capacity is unavailable at this time', cause: 'capacity' };
    expect(await launch()).toEqual({
      kind: 'refused',
      reason: 'Capacity is unavailable at this time',
      cause: 'capacity',
    });
  });

  test('passes options that are too long for the environment by URI, with an unchanged request', async () => {
    const columns = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`column_number_${n}`, 'text' as const]));
    const long = { ...plan, options: { columns } };
    await launch({ plan: long });
    const uri = joinUri(layout(plan.destination, plan.batch).work('run-1', 1), 'options.json');
    expect(tasks.requests[0]?.environment.OPTIONS).toBe(uri);
    expect(JSON.parse(store.objects.get(uri)?.toString() ?? '')).toEqual({ columns });
    tasks.list = async () => [];
    await launch({ plan: long });
    expect(tasks.requests[1]).toEqual(tasks.requests[0]);
  });

  test('uses the size and Spot setting of the launch, not of the plan', async () => {
    await launch({ spot: true, size: { cpu: 2048, memoryMiB: 16_384 } });
    expect(tasks.requests[0]).toMatchObject({ spot: true, size: { cpu: 2048, memoryMiB: 16_384 } });
  });
});
