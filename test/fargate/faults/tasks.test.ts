import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { deleteFaults, type FaultPlanInput, getFaults, putFaults } from '@etl/fargate/faults/control';
import { stateOf } from '../../support/processState';
import {
  cluster,
  definition,
  exitCodeOf,
  isRunning,
  networkConfiguration,
  programOf,
  type Rig,
  startRig,
  stopRig,
} from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => deleteFaults(rig.endpoint.url));
afterAll(() => stopRig(rig));

const rules = (...all: FaultPlanInput['rules']) => putFaults(rig.endpoint.url, { seed: 7, rules: all });
const isMissing = async (arn: string) => {
  const { tasks, failures } = await rig.client.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
  expect((tasks?.length ?? 0) + (failures?.length ?? 0)).toBe(1);
  return failures?.[0]?.reason === 'MISSING';
};
const stop = (task: string) => rig.client.send(new StopTaskCommand({ cluster, task, reason: 'enough' }));
const millisecondsBetween = (from: Date | undefined, to: Date | undefined) => Number(to) - Number(from);

it('missing: DescribeTasks does not find a new task', async () => {
  await rules({ fault: 'missing', seconds: 1 });
  const begun = Date.now();
  const arn = await rig.run('sleep:1');
  expect(await isMissing(arn)).toBe(true);
  while (await isMissing(arn)) await delay(50);
  expect(Date.now() - begun).toBeGreaterThanOrEqual(990);
  expect((await rig.task(arn)).desiredStatus).toBe('RUNNING');
});

it('expiredRecord: no operation finds a stopped task', async () => {
  await rules({ fault: 'expiredRecord', seconds: 0.5 });
  const arn = await rig.run('exit:1', { startedBy: 'expired' });
  await rig.stopped(arn);
  while (!(await isMissing(arn))) await delay(50);
  await expect(stop(arn)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const input = { cluster, startedBy: 'expired', desiredStatus: 'STOPPED' as const };
  expect((await rig.client.send(new ListTasksCommand(input))).taskArns).toEqual([]);
});

it('slowStart: stays in PENDING longer', async () => {
  await rules({ fault: 'slowStart', seconds: 0.8 });
  const arn = await rig.run('sleep:1');
  await rig.until(arn, ({ lastStatus }) => lastStatus === 'PENDING');
  const { createdAt, startedAt } = await rig.running(arn);
  expect(millisecondsBetween(createdAt, startedAt)).toBeGreaterThanOrEqual(800);
});

it.each(['PROVISIONING', 'PENDING'])('stuckStart: stays in %s until StopTask', async (status) => {
  await rules({ fault: 'stuckStart', status });
  const arn = await rig.run('sleep:1');
  await rig.until(arn, ({ lastStatus }) => lastStatus === status);
  await stop(arn);
  const task = await rig.stopped(arn);
  expect([task.stopCode, task.startedAt, exitCodeOf(task)]).toEqual(['UserInitiated', undefined, undefined]);
});

describe('stuckStop', () => {
  it.each(['DEPROVISIONING', 'STOPPING', 'DEACTIVATING'])(
    'stays in %s with the exit code of its container',
    async (status) => {
      await rules({ fault: 'stuckStop', status });
      const arn = await rig.run('exit:1', {}, { environment: [{ name: 'CODE', value: '3' }] });
      const task = await rig.until(arn, ({ containers }) => containers?.[0]?.lastStatus === 'STOPPED');
      expect(task).toMatchObject({
        lastStatus: status,
        desiredStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        attachments: [{ type: 'ElasticNetworkInterface', status: 'DETACHING' }],
      });
      expect([exitCodeOf(task), task.executionStoppedAt instanceof Date, task.stoppedAt]).toEqual([3, true, undefined]);
      await stop(arn);
      await delay(100);
      expect((await rig.task(arn)).lastStatus).toBe(status);
    },
  );

  it('ends after the configured seconds', async () => {
    await rules({ fault: 'stuckStop', seconds: 0.8 });
    const task = await rig.stopped(await rig.run('exit:1'));
    expect(millisecondsBetween(task.executionStoppedAt, task.stoppedAt)).toBe(800);
  });

  it('ends at StopTask, also for an endpoint that restarts', async () => {
    await rules({ fault: 'stuckStop', untilStopped: true });
    const arn = await rig.run('exit:1');
    await rig.until(arn, ({ containers }) => containers?.[0]?.lastStatus === 'STOPPED');
    await delay(100);
    expect((await rig.task(arn)).lastStatus).toBe('DEPROVISIONING');
    await stop(arn);
    const task = await rig.task(arn);
    expect([task.lastStatus, task.stopCode]).toEqual(['STOPPED', 'EssentialContainerExited']);
    const reopened = await startRig({ stateDir: rig.stateDir });
    expect(await reopened.task(arn)).toEqual(task);
    reopened.client.destroy();
    await reopened.endpoint.close();
  });
});

it('failedStart: reports the configured reason', async () => {
  const reason = 'ResourceInitializationError: unable to pull secrets or registry auth';
  await rules({ fault: 'failedStart', reason });
  const task = await rig.stopped(await rig.run('exit:1'));
  expect([task.stopCode, task.stoppedReason, exitCodeOf(task)]).toEqual(['TaskFailedToStart', reason, undefined]);
});

it('nullExitCode: the program exits without a reported exit code', async () => {
  await rules({ fault: 'nullExitCode' });
  const task = await rig.stopped(await rig.run('exit:1'));
  expect([task.stopCode, exitCodeOf(task)]).toEqual(['EssentialContainerExited', undefined]);
});

describe('spotInterruption', () => {
  const spot = {
    launchType: undefined,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  };

  it('sends SIGTERM as notice, and the program may exit gracefully', async () => {
    await rules({ fault: 'spotInterruption', afterSeconds: 0.5 });
    const task = await rig.stopped(await rig.run('graceful:1', spot));
    expect(task).toMatchObject({ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' });
    expect(exitCodeOf(task)).toBe(143);
    expect(millisecondsBetween(task.startedAt, task.stoppingAt)).toBeGreaterThanOrEqual(450);
  });

  it('sends SIGKILL when the notice period ends; desiredStatus is STOPPED meanwhile', async () => {
    await rules({ fault: 'spotInterruption', afterSeconds: 1, noticeSeconds: 1 });
    const arn = await rig.run('deaf:1', spot, { stopTimeout: 60 });
    const noticed = await rig.until(arn, ({ lastStatus }) => lastStatus === 'STOPPING');
    expect([noticed.desiredStatus, noticed.stopCode]).toEqual(['STOPPED', 'SpotInterruption']);
    const task = await rig.stopped(arn);
    expect(exitCodeOf(task)).toBe(137);
    expect(millisecondsBetween(task.stoppingAt, task.executionStoppedAt)).toBeGreaterThanOrEqual(1000);
  });

  it('affects only Spot tasks unless `anyTask` is set', async () => {
    await rules({ fault: 'spotInterruption' });
    const onDemand = await rig.run('exit:1');
    await rules({ fault: 'spotInterruption', anyTask: true });
    const any = await rig.run('graceful:1');
    expect((await rig.stopped(onDemand)).stopCode).toBe('EssentialContainerExited');
    expect((await rig.stopped(any)).stopCode).toBe('SpotInterruption');
  });
});

it.each([137, 1])('outOfMemory: killed, with exit code %i and the reason in the container', async (exitCode) => {
  await rules({ fault: 'outOfMemory', afterSeconds: 0.1, exitCode });
  const task = await rig.stopped(await rig.run('stubborn:1'));
  expect(task).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  });
});

it('killed: exit code 137 without a reason', async () => {
  await rules({ fault: 'killed', afterSeconds: 0.1 });
  const task = await rig.stopped(await rig.run('stubborn:1'));
  expect([task.stopCode, exitCodeOf(task)]).toEqual(['EssentialContainerExited', 137]);
  expect(task.containers?.[0]?.reason).toBeUndefined();
});

it('hostFailure: supervisor and program are gone, and the exit code is unknown', async () => {
  await rules({ fault: 'hostFailure', afterSeconds: 0.5 });
  const arn = await rig.run('stubborn:1');
  await rig.running(arn);
  const { pid } = await programOf(rig, arn);
  const task = await rig.stopped(arn);
  expect([task.stopCode, exitCodeOf(task), isRunning(pid)]).toEqual(['InfrastructureHealth', undefined, false]);
});

it('stoppedBySomeone: stops the task as StopTask does', async () => {
  await rules({ fault: 'stoppedBySomeone', afterSeconds: 0.5, reason: 'cleaning up' });
  const task = await rig.stopped(await rig.run('graceful:1'));
  expect([task.stopCode, task.stoppedReason, exitCodeOf(task)]).toEqual(['UserInitiated', 'cleaning up', 143]);
});

describe('slow', () => {
  it('runs the program for a share of the time until it completes', async () => {
    await rules({ fault: 'slow', share: 0.1 });
    const arn = await rig.run('busy:1', {}, { command: ['60'] });
    expect(exitCodeOf(await rig.stopped(arn))).toBe(0);
    const { cpuMs, wallMs } = JSON.parse(await rig.log(arn)) as { cpuMs: number; wallMs: number };
    expect(wallMs).toBeGreaterThan(3 * cpuMs);
  });

  it('affects only the named container, and only after `afterSeconds`', async () => {
    const [at, other] = [{ afterSeconds: 60 }, { container: 'sidecar' }];
    await rules(...[at, other].map((more) => ({ fault: 'slow', share: 0.01, ...more })));
    const arn = await rig.run('graceful:1');
    await rig.logged(arn, 'ready');
    const { pid } = await programOf(rig, arn);
    for (let look = 0; look < 20; look++, await delay(10)) expect(stateOf(pid)).not.toBe('T');
  });

  it('stops the program in between, and SIGTERM still works', async () => {
    await rules({ fault: 'slow', share: 0.05, afterSeconds: 0.5 });
    const arn = await rig.run('graceful:1');
    await rig.logged(arn, 'ready');
    const { pid } = await programOf(rig, arn);
    while (stateOf(pid) !== 'T') await delay(10);
    await stop(arn);
    const task = await rig.stopped(arn);
    expect([task.stopCode, exitCodeOf(task)]).toEqual(['UserInitiated', 143]);
  });

  it.each<[string, number]>([
    ['killed', 137],
    ['outOfMemory', 137],
  ])('does not block other faults: %s', async (fault, exitCode) => {
    await rules({ fault: 'slow', share: 0.01 }, { fault, afterSeconds: 0.3 });
    expect(exitCodeOf(await rig.stopped(await rig.run('stubborn:1')))).toBe(exitCode);
  });

  it('a killed supervisor does not leave a stopped program behind', async () => {
    await rules({ fault: 'slow', share: 0.01 }, { fault: 'hostFailure', afterSeconds: 0.3 });
    const arn = await rig.run('stubborn:1');
    await rig.running(arn);
    const { pid } = await programOf(rig, arn);
    expect([(await rig.stopped(arn)).stopCode, isRunning(pid)]).toEqual(['InfrastructureHealth', false]);
  });
});

it('several faults combine in one task', async () => {
  await rules({ fault: 'slowStart', seconds: 0.3 }, { fault: 'nullExitCode' }, { fault: 'killed', afterSeconds: 0.1 });
  const arn = await rig.run('stubborn:1');
  const task = await rig.stopped(arn);
  expect([task.stopCode, exitCodeOf(task)]).toEqual(['EssentialContainerExited', undefined]);
  const { injected, counts } = await getFaults(rig.endpoint.url);
  expect(injected.map(({ rule, fault, operation, tasks }) => [rule, fault, operation, tasks])).toEqual([
    [0, 'slowStart', 'RunTask', [arn]],
    [1, 'nullExitCode', 'RunTask', [arn]],
    [2, 'killed', 'RunTask', [arn]],
  ]);
  expect(counts).toEqual([1, 1, 1]);
});

it('a duration between two bounds is drawn for each task', async () => {
  await rules({ fault: 'killed', afterSeconds: [0.1, 0.4] });
  const arns = [await rig.run('stubborn:1'), await rig.run('stubborn:1')];
  const lives = [];
  for (const arn of arns) {
    const { startedAt, executionStoppedAt } = await rig.stopped(arn);
    lives.push(millisecondsBetween(startedAt, executionStoppedAt));
  }
  expect(Math.min(...lives)).toBeGreaterThanOrEqual(90);
});

it('a fault recorded in a task takes effect after the endpoint restarts without a plan', async () => {
  const first = await startRig();
  await putFaults(first.endpoint.url, { rules: [{ fault: 'outOfMemory', afterSeconds: 1 }] });
  const arn = await first.run('stubborn:1');
  await first.endpoint.close();
  first.client.destroy();
  const second = await startRig({ stateDir: first.stateDir });
  try {
    const task = await second.stopped(arn);
    expect(task.containers?.[0]?.reason).toMatch(/^OutOfMemoryError/);
  } finally {
    await stopRig(second);
  }
});

it('many requests with one token consume one fault', async () => {
  await rules({ fault: 'killed', afterSeconds: 60, times: 1 });
  const input = { clientToken: 'once', startedBy: 'once' };
  await rig.client.send(new RegisterTaskDefinitionCommand(definition('sleep:1')));
  const request = { cluster, taskDefinition: 'worker', launchType: 'FARGATE' as const, networkConfiguration, ...input };
  await Promise.all(Array.from({ length: 10 }, () => rig.client.send(new RunTaskCommand(request))));
  const { injected } = await getFaults(rig.endpoint.url);
  const { taskArns } = await rig.client.send(new ListTasksCommand({ cluster, startedBy: 'once' }));
  expect(injected.map(({ tasks }) => tasks)).toEqual([taskArns]);
});
