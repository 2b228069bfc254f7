import { existsSync } from 'node:fs';
import { RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import {
  cluster,
  definition,
  exitCodeOf,
  isRunning,
  networkConfiguration,
  type Rig,
  startRig,
  stopRig,
} from '../support';

const onLinux = existsSync('/proc/self/status') ? describe : describe.skip;
const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';

onLinux('memory limits', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => stopRig(rig));
  const holding = (mebibytes: number) => ({
    overrides: { containerOverrides: [{ name: 'main', command: [String(mebibytes)] }] },
  });

  it('kills a container above its own limit and records the reason in the container', async () => {
    const task = await rig.stopped(await rig.run('hold:1', holding(200), { memory: 128 }));
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 137, reason: outOfMemory }],
    });
  });

  it('applies the task limit to a container without its own limit', async () => {
    const task = await rig.stopped(await rig.run('hold:1', holding(700)));
    expect([exitCodeOf(task), task.containers?.[0]?.reason]).toEqual([137, outOfMemory]);
  });

  it('counts child processes and kills them with the container', async () => {
    const arn = await rig.run('hold-in-child:1', holding(200), { memory: 128 });
    const { child } = JSON.parse((await rig.logged(arn, '}')).split('\n')[0] ?? '') as { child: number };
    const task = await rig.stopped(arn);
    expect(task.containers?.[0]?.reason).toBe(outOfMemory);
    expect(isRunning(child)).toBe(false);
  });

  it('kills the largest container when all containers together exceed the task limit', async () => {
    await rig.client.send(
      new RegisterTaskDefinitionCommand({
        ...definition('hold:1'),
        family: 'two',
        containerDefinitions: [
          { name: 'main', image: 'hold:1', command: ['100'], essential: true },
          { name: 'helper', image: 'hold:1', command: ['500'], essential: false },
        ],
      }),
    );
    const request = { cluster, taskDefinition: 'two', launchType: 'FARGATE' as const, networkConfiguration };
    const { tasks } = await rig.client.send(new RunTaskCommand(request));
    const arn = tasks?.[0]?.taskArn ?? '';
    const task = await rig.until(arn, ({ containers }) => containers?.[1]?.lastStatus === 'STOPPED');
    expect(task.containers?.[1]).toMatchObject({ exitCode: 137, reason: outOfMemory });
    expect([task.lastStatus, task.containers?.[0]?.lastStatus]).toEqual(['RUNNING', 'RUNNING']);
  });

  it('leaves a container within its limit alone', async () => {
    const arn = await rig.run('hold:1', holding(50), { memory: 256 });
    await rig.logged(arn, 'holding');
    expect((await rig.running(arn)).stopCode).toBeUndefined();
  });
});
