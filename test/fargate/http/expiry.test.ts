import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import type { EcsEndpointOptions } from '@etl/fargate/endpoint';
import { cluster, definition, idOf, networkConfiguration, type Rig, startRig, stopRig } from '../support';

async function withRig(options: Partial<EcsEndpointOptions>, work: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = await startRig(options);
  try {
    await rig.client.send(new RegisterTaskDefinitionCommand(definition('exit:1')));
    await work(rig);
  } finally {
    await stopRig(rig);
  }
}

async function ask(rig: Rig, clientToken: string): Promise<string> {
  const request = { cluster, taskDefinition: 'worker', launchType: 'FARGATE' as const, networkConfiguration };
  const { tasks } = await rig.client.send(new RunTaskCommand({ ...request, clientToken }));
  return tasks?.[0]?.taskArn ?? '';
}

const isMissing = async (rig: Rig, arn: string) =>
  (await rig.client.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))).failures?.[0]?.reason === 'MISSING';

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 25) {
    if (waited > 20_000) throw new Error('does not come');
    await delay(25);
  }
}

it('removes a stopped task with its folder and token after the retention time', () =>
  withRig({ stoppedTaskSeconds: 2 }, async (rig) => {
    const arn = await ask(rig, 'short');
    const stopped = await rig.stopped(arn);
    expect(await ask(rig, 'short')).toBe(arn);
    await until(() => isMissing(rig, arn));
    expect(Date.now() - Number(stopped.stoppedAt)).toBeGreaterThanOrEqual(2000);
    await expect(rig.client.send(new StopTaskCommand({ cluster, task: arn }))).rejects.toThrow('not found');
    const { taskArns } = await rig.client.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
    expect(taskArns).toEqual([]);
    await until(() => !existsSync(join(rig.stateDir, 'tasks', idOf(arn))));
    expect(readdirSync(join(rig.stateDir, 'tokens'))).toEqual([]);
    // The token has expired, so the same request launches a new task.
    const again = await ask(rig, 'short');
    expect(again).not.toBe(arn);
    await rig.stopped(again);
  }));

it('keeps a running task and its token regardless of age', () =>
  withRig({ stoppedTaskSeconds: 0.2 }, async (rig) => {
    const arn = await rig.run('sleep:1', { clientToken: 'lasting' });
    await rig.running(arn);
    await delay(700);
    expect((await rig.task(arn)).lastStatus).toBe('RUNNING');
    expect(existsSync(join(rig.stateDir, 'tasks', idOf(arn), 'task.json'))).toBe(true);
    expect(readdirSync(join(rig.stateDir, 'tokens'))).toHaveLength(1);
  }));

it('expires a token after one day at most, while its task remains', () =>
  withRig({ tokenSeconds: 2 }, async (rig) => {
    const first = await ask(rig, 'day');
    expect(await ask(rig, 'day')).toBe(first);
    await delay(2100);
    const second = await ask(rig, 'day');
    expect(second).not.toBe(first);
    expect(await ask(rig, 'day')).toBe(second);
    expect(await isMissing(rig, first)).toBe(false);
  }));

it('keeps expired tasks removed after a restart and launches nothing twice', async () => {
  const before = await startRig();
  await before.client.send(new RegisterTaskDefinitionCommand(definition('exit:1')));
  const arn = await ask(before, 'restart');
  await before.stopped(arn);
  await before.endpoint.close();
  before.client.destroy();
  const after = await startRig({ stateDir: before.stateDir, stoppedTaskSeconds: 0.1 });
  try {
    await until(() => readdirSync(join(after.stateDir, 'tasks')).length === 0);
    expect(readdirSync(join(after.stateDir, 'tokens'))).toEqual([]);
    expect(await isMissing(after, arn)).toBe(true);
  } finally {
    await stopRig(after);
  }
});
