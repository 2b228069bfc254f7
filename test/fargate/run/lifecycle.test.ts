import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  cluster,
  definition,
  exitCodeOf,
  idOf,
  isRunning,
  networkConfiguration,
  programOf,
  type Rig,
  startRig,
  stopRig,
} from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: { ...process.env, AWS_TEST_VALUE: 'passed', UNRELATED_VALUE: 'kept away' } });
});
afterAll(() => stopRig(rig));

const stop = (task: string, reason?: string) =>
  rig.client.send(new StopTaskCommand({ cluster, task, ...(reason && { reason }) }));

describe('a task that exits on its own', () => {
  it.each([0, 65, 137])('is STOPPED with exit code %i', async (code) => {
    const arn = await rig.run('exit:1', {
      overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'CODE', value: String(code) }] }] },
    });
    const task = await rig.stopped(arn);
    expect(task).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      connectivity: 'DISCONNECTED',
    });
    expect(exitCodeOf(task)).toBe(code);
    const times = [
      task.createdAt,
      task.pullStartedAt,
      task.startedAt,
      task.stoppingAt,
      task.executionStoppedAt,
      task.stoppedAt,
    ];
    expect(times.map((time) => time instanceof Date)).toEqual(times.map(() => true));
    expect([...times].sort((a, b) => Number(a) - Number(b))).toEqual(times);
  });

  it('has exit code 128 + n when an external signal terminates it', async () => {
    const arn = await rig.run('sleep:1');
    await rig.running(arn);
    process.kill((await programOf(rig, arn)).pid, 'SIGKILL');
    const task = await rig.stopped(arn);
    expect([exitCodeOf(task), task.stopCode]).toEqual([137, 'EssentialContainerExited']);
  });

  it('takes its child processes and its scratch folder with it', async () => {
    const arn = await rig.run('parent:1');
    const { child, self } = JSON.parse(await rig.logged(arn, '}')) as { child: number; self: number };
    expect([isRunning(child), isRunning(self)]).toEqual([true, true]);
    const scratch = join(rig.stateDir, 'tasks', idOf(arn), 'scratch');
    expect(existsSync(scratch)).toBe(true);
    process.kill(self, 'SIGKILL');
    await rig.stopped(arn);
    expect(isRunning(child)).toBe(false);
    expect(existsSync(scratch)).toBe(false);
  });
});

describe('a task that cannot start', () => {
  it('is STOPPED without an exit code when no program is mapped to its image', async () => {
    const task = await rig.stopped(await rig.run('unknown:9'));
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', desiredStatus: 'STOPPED' });
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError: .*unknown:9/);
    expect(exitCodeOf(task)).toBeUndefined();
    expect(task.startedAt).toBeUndefined();
  });

  it('reports a missing program', async () => {
    const task = await rig.stopped(await rig.run('no-such-program:1'));
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(task.stoppedReason).toMatch(/^CannotStartContainerError: .*ENOENT/);
    expect([exitCodeOf(task), task.startedAt]).toEqual([undefined, undefined]);
  });
});

describe('StopTask', () => {
  it('sends SIGTERM and reports the reason', async () => {
    const arn = await rig.run('graceful:1');
    await rig.logged(arn, 'ready');
    const { task: answered } = await stop(arn, 'no longer wanted');
    expect(answered).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'UserInitiated', taskArn: arn });
    const task = await rig.stopped(arn);
    expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'no longer wanted' });
    expect(exitCodeOf(task)).toBe(143);
  });

  it('sends SIGKILL after the stop timeout', async () => {
    const arn = await rig.run('stubborn:1', {}, { stopTimeout: 1 });
    await rig.logged(arn, 'ready');
    await stop(arn);
    await rig.until(arn, ({ lastStatus }) => lastStatus === 'STOPPING');
    const task = await rig.stopped(arn);
    expect([exitCodeOf(task), task.stopCode]).toEqual([137, 'UserInitiated']);
    const took = Number(task.executionStoppedAt) - Number(task.stoppingAt);
    expect(took).toBeGreaterThanOrEqual(1000);
    expect(took).toBeLessThan(5000);
  });

  it('leaves a stopped task and an earlier reason unchanged', async () => {
    const arn = await rig.run('stubborn:1', {}, { stopTimeout: 1 });
    await rig.logged(arn, 'ready');
    await stop(arn, 'first');
    await stop(arn, 'second');
    await rig.stopped(arn);
    const { task } = await stop(arn, 'third');
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'first' });
  });

  it('stops a task that has not started yet', async () => {
    const slow = await startRig({ timings: { provisioningMs: 60_000, pendingMs: 10, deprovisioningMs: 10 } });
    try {
      const arn = await slow.run('sleep:1');
      expect((await slow.task(arn)).lastStatus).toBe('PROVISIONING');
      await slow.client.send(new StopTaskCommand({ cluster, task: arn, reason: 'too late' }));
      const task = await slow.stopped(arn);
      expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'too late' });
      expect([exitCodeOf(task), task.startedAt]).toEqual([undefined, undefined]);
    } finally {
      await stopRig(slow);
    }
  });
});

it('passes through the states in order', async () => {
  const slow = await startRig({ timings: { provisioningMs: 1000, pendingMs: 1000, deprovisioningMs: 500 } });
  try {
    const arn = await slow.run('sleep:1');
    const seen: (string | undefined)[] = [];
    await slow.until(arn, ({ lastStatus }) => {
      if (seen.at(-1) !== lastStatus) seen.push(lastStatus);
      return lastStatus === 'RUNNING';
    });
    await slow.client.send(new StopTaskCommand({ cluster, task: arn }));
    await slow.until(arn, ({ lastStatus }) => {
      if (seen.at(-1) !== lastStatus) seen.push(lastStatus);
      return lastStatus === 'STOPPED';
    });
    expect(seen.filter((status) => status !== 'STOPPING')).toEqual([
      'PROVISIONING',
      'PENDING',
      'RUNNING',
      'DEPROVISIONING',
      'STOPPED',
    ]);
  } finally {
    await stopRig(slow);
  }
});

it('runs the program with the merged environment in its scratch folder', async () => {
  const arn = await rig.run(
    'print:1',
    {
      overrides: {
        containerOverrides: [
          {
            name: 'main',
            command: ['one', 'two words'],
            environment: [
              { name: 'BOTH', value: 'override' },
              { name: 'OURS', value: 'á' },
            ],
          },
        ],
      },
    },
    {
      environment: [
        { name: 'BOTH', value: 'definition' },
        { name: 'THEIRS', value: '1' },
      ],
    },
  );
  await rig.stopped(arn);
  const { env, cwd, argv } = JSON.parse(await rig.log(arn)) as {
    env: Record<string, string>;
    cwd: string;
    argv: string[];
  };
  const scratch = join(rig.stateDir, 'tasks', idOf(arn), 'scratch', 'main');
  expect(env).toMatchObject({
    BOTH: 'override',
    OURS: 'á',
    THEIRS: '1',
    SCRATCH_DIR: scratch,
    TMPDIR: scratch,
    TZ: 'UTC',
  });
  expect(env).toMatchObject({ AWS_TEST_VALUE: 'passed', PATH: process.env.PATH });
  expect(env.UNRELATED_VALUE).toBeUndefined();
  expect(cwd).toBe(scratch);
  expect(argv).toEqual(['one', 'two words']);
});

it('describes the task as ECS does', async () => {
  const arn = await rig.run('sleep:1', {
    startedBy: 'run/1-a_b',
    tags: [{ key: 'run', value: 'r1' }],
    enableECSManagedTags: true,
    overrides: { cpu: '512', memory: '2048', ephemeralStorage: { sizeInGiB: 30 } },
  });
  await rig.running(arn);
  const task = await rig.task(arn);
  expect(task).toMatchObject({
    clusterArn: `arn:aws:ecs:us-east-1:000000000000:cluster/${cluster}`,
    group: 'family:worker',
    launchType: 'FARGATE',
    cpu: '512',
    memory: '2048',
    ephemeralStorage: { sizeInGiB: 30 },
    startedBy: 'run/1-a_b',
    connectivity: 'CONNECTED',
    desiredStatus: 'RUNNING',
    availabilityZone: 'us-east-1a',
    platformVersion: '1.4.0',
    overrides: { cpu: '512', memory: '2048', containerOverrides: [{ name: 'main' }] },
    containers: [{ name: 'main', image: 'sleep:1', lastStatus: 'RUNNING', taskArn: arn }],
    attachments: [{ type: 'ElasticNetworkInterface', status: 'ATTACHED' }],
    tags: expect.arrayContaining([
      { key: 'run', value: 'r1' },
      { key: 'aws:ecs:clusterName', value: cluster },
    ]),
  });
  expect(task.taskArn).toMatch(/^arn:aws:ecs:us-east-1:000000000000:task\/etl-test\/[0-9a-f]{32}$/);
  expect(task.containers?.[0]?.runtimeId).toMatch(/^[0-9a-f]{32}-\d+$/);
  const withoutTags = await rig.client.send(new DescribeTasksCommand({ cluster, tasks: [idOf(arn)] }));
  expect(withoutTags.tasks?.[0]?.tags).toEqual([]);
});

it('runs several containers; a sidecar without a program counts as running and stops with the task', async () => {
  await rig.client.send(
    new RegisterTaskDefinitionCommand({
      ...definition('graceful:1'),
      family: 'several',
      containerDefinitions: [
        { name: 'main', image: 'exit:1', environment: [{ name: 'CODE', value: '3' }] },
        { name: 'helper', image: 'graceful:1', essential: false },
        { name: 'router', image: 'log-router:9', essential: false },
      ],
    }),
  );
  const { tasks } = await rig.client.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: 'several',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      networkConfiguration,
    }),
  );
  const task = await rig.stopped(tasks?.[0]?.taskArn ?? '');
  expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', capacityProviderName: 'FARGATE_SPOT' });
  expect(task.containers?.map(({ name, lastStatus }) => [name, lastStatus])).toEqual([
    ['main', 'STOPPED'],
    ['helper', 'STOPPED'],
    ['router', 'STOPPED'],
  ]);
  expect(exitCodeOf(task)).toBe(3);
  // The helper may receive SIGTERM before or after it installs its handler: the exit code is the same.
  expect(task.containers?.[1]?.exitCode).toBe(143);
  expect(task.containers?.[2]?.exitCode).toBeUndefined();
});

it('a sidecar that exits early is STOPPED with its exit code while the task continues', async () => {
  await rig.client.send(
    new RegisterTaskDefinitionCommand({
      ...definition('sleep:1'),
      family: 'early',
      containerDefinitions: [
        { name: 'main', image: 'sleep:1' },
        { name: 'helper', image: 'exit:1', essential: false, environment: [{ name: 'CODE', value: '4' }] },
      ],
    }),
  );
  const request = { cluster, taskDefinition: 'early', launchType: 'FARGATE' as const, networkConfiguration };
  const { tasks } = await rig.client.send(new RunTaskCommand(request));
  const arn = tasks?.[0]?.taskArn ?? '';
  const task = await rig.until(arn, ({ containers }) => containers?.[1]?.lastStatus === 'STOPPED');
  expect(task.containers?.map(({ lastStatus, exitCode }) => [lastStatus, exitCode])).toEqual([
    ['RUNNING', undefined],
    ['STOPPED', 4],
  ]);
  expect([task.lastStatus, task.desiredStatus]).toEqual(['RUNNING', 'RUNNING']);
  await stop(arn);
  const ended = await rig.stopped(arn);
  expect([ended.stopCode, ended.containers?.[1]?.exitCode]).toEqual(['UserInitiated', 4]);
});
