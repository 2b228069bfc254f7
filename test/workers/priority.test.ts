import { taskQueues } from '@etl/pipeline/definition';
import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { Priority } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import type { EtlActivities } from '../../activities/contract';
import { createWorkers } from '../../workers/workers';
import { fakeActivities } from '../support/fakeActivities';
import { quietRuntime, replay, workflowBundle } from '../support/rig';
import { sampleEvent } from '../support/samplePlan';
import { until } from '../support/system';
import { TestServer } from '../support/testServer';
import { thorough } from '../support/thorough';

const exe = process.env.ETL_TEST_TEMPORAL ?? '';
const withServer = exe ? describe : describe.skip;

const launchesPerSecond = 20;
const [many, few] = thorough ? [300, 20] : [40, 4];
/** Source: temporal.api.enums.v1.TaskQueueType. */
const taskQueueTypeActivity = 2;

interface Launched {
  readonly workflowId: string;
  readonly priority: Priority | undefined;
  readonly at: number;
}

const workflowId = () => activityInfo().workflowExecution?.workflowId ?? '';

withServer('a backlog of launches on a real server', () => {
  let server: TestServer;
  let nativeConnection: NativeConnection;
  let workers: Awaited<ReturnType<typeof createWorkers>>;
  let running: Promise<unknown>;
  const handles: WorkflowHandle[] = [];
  const validated: string[] = [];
  const launched: Launched[] = [];

  beforeAll(async () => {
    quietRuntime();
    server = await TestServer.start();
    nativeConnection = await NativeConnection.connect({ address: server.address });
    const { activities } = fakeActivities();
    const launchTask: EtlActivities['launchTask'] = async (input) => {
      launched.push({ workflowId: workflowId(), priority: activityInfo().priority, at: Date.now() });
      return activities.launchTask(input);
    };
    const validateInput: EtlActivities['validateInput'] = async (input) => {
      validated.push(workflowId());
      return activities.validateInput(input);
    };
    workers = await createWorkers({
      connection: nativeConnection,
      namespace: 'default',
      workflowBundle,
      activities: { ...activities, launchTask, validateInput },
      shutdownGraceSeconds: 0,
      launchesPerSecond,
    });
    running = workers.runUntilStopped();
    running.catch(() => undefined);
  }, 60_000);
  afterAll(async () => {
    workers?.shutdown();
    await running;
    await replay(handles.filter((_, number) => number % 10 === 0));
    await nativeConnection?.close();
    await server?.remove();
  }, 60_000);

  /** Starts a number of runs and returns when each of them waits for its launch. */
  const start = async (name: string, count: number, priority: Priority) => {
    const runs = Array.from({ length: count }, (_, number) =>
      server.client.workflow.start('etlPipeline', {
        workflowId: `${name}-${number}`,
        taskQueue: taskQueues.main,
        args: [sampleEvent],
        priority,
      }),
    );
    handles.push(...(await Promise.all(runs)));
    await until(`${count} runs ${name} are validated`, 90, () => validated.filter(startsWith(name)).length === count);
  };
  const startsWith = (name: string) => (workflowId: string) => workflowId.startsWith(`${name}-`);
  /** Undefined restores the worker's limit. */
  const limitLaunches = (requestsPerSecond: number | undefined) =>
    server.connection.workflowService.updateTaskQueueConfig({
      namespace: 'default',
      taskQueue: taskQueues.launch,
      taskQueueType: taskQueueTypeActivity,
      updateQueueRateLimit: requestsPerSecond === undefined ? {} : { rateLimit: { requestsPerSecond } },
    });
  /** Starts both groups with launches held, releases them, and returns the launches in order. */
  const together = async (first: () => Promise<void>, second: () => Promise<void>) => {
    launched.length = 0;
    handles.length = 0;
    await limitLaunches(0);
    await first();
    await second();
    expect(launched.length).toBeLessThan(handles.length / 4);
    await limitLaunches(undefined);
    await Promise.all(handles.map((handle) => handle.result()));
    return [...launched];
  };
  /** Returns how many other runs were launched after the last run of this name. */
  const afterThe = (name: string, launches: readonly Launched[]) =>
    launches.length - 1 - launches.findLastIndex(({ workflowId }) => startsWith(name)(workflowId));

  test('runs of higher priority overtake waiting runs, and all of them keep the rate limit', async () => {
    const launches = await together(
      () => start('backfill', many, { priorityKey: 5, fairnessKey: 'ventas' }),
      () => start('tonight', few, { priorityKey: 3, fairnessKey: 'ventas' }),
    );
    expect(launches).toHaveLength(many + few);
    expect(afterThe('tonight', launches)).toBeGreaterThan(many / 2);
    const priorities = new Set(launches.map(({ priority }) => `${priority?.fairnessKey} ${priority?.priorityKey}`));
    expect([...priorities].sort()).toEqual(['ventas 3', 'ventas 5']);
    const seconds = ((launches.at(-1)?.at ?? 0) - (launches[0]?.at ?? 0)) / 1000;
    // Each of the queue's four partitions may start with a burst of one second, rounded up.
    expect(launches.length).toBeLessThanOrEqual(launchesPerSecond * (seconds + 2));
  });

  test('a small dataset gets its fair share beside a large one of the same priority', async () => {
    const launches = await together(
      () => start('large', many, { priorityKey: 3, fairnessKey: 'large' }),
      () => start('small', few, { priorityKey: 3, fairnessKey: 'small' }),
    );
    expect(afterThe('small', launches)).toBeGreaterThan(many / 3);
  });

  test('a run cancelled while its launch waits ends without a launch', async () => {
    launched.length = 0;
    handles.length = 0;
    await limitLaunches(0);
    await start('cancelled', 2, { priorityKey: 1 });
    for (const handle of handles) await handle.cancel();
    for (const handle of handles)
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(launched).toEqual([]);
    await limitLaunches(undefined);
  });
});
