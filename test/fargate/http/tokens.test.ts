import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConflictException,
  CreateClusterCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { cluster, definition, networkConfiguration, type Rig, startRig, stopRig } from '../support';

let rig: Rig;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-token-'));
  rig = await startRig();
  await rig.client.send(new RegisterTaskDefinitionCommand(definition('append:1')));
});
afterAll(async () => {
  await stopRig(rig);
  await rm(folder, { recursive: true });
});

const request = (clientToken: string, mark = clientToken, more: Partial<RunTaskCommandInput> = {}) =>
  rig.client.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: 'worker',
      launchType: 'FARGATE',
      networkConfiguration,
      clientToken,
      overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'MARK', value: join(folder, mark) }] }] },
      ...more,
    }),
  );
const lines = async (mark: string) => (await readFile(join(folder, mark), 'utf8')).trim().split('\n').length;

it('launches one task for 20 simultaneous requests', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => request('at-once')));
  const arns = new Set(answers.map(({ tasks }) => tasks?.[0]?.taskArn));
  expect(arns.size).toBe(1);
  await rig.stopped([...arns][0] ?? '');
  expect(await lines('at-once')).toBe(1);
});

it('returns the original task; a STOPPED one with few fields', async () => {
  // At once: the task ends soon.
  const [first, second] = (await Promise.all([request('again'), request('again')])).map(({ tasks }) => tasks?.[0]);
  expect(second?.taskArn).toBe(first?.taskArn);
  expect(second?.createdAt).toEqual(first?.createdAt);
  await rig.stopped(first?.taskArn ?? '');
  const { tasks } = await request('again');
  expect(tasks).toEqual([{ taskArn: first?.taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }]);
  expect(await lines('again')).toBe(1);
});

it('rejects a different request with the same token as a conflict', async () => {
  const arn = (await request('conflict')).tasks?.[0]?.taskArn;
  const error = await request('conflict', 'something-else').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConflictException);
  expect((error as ConflictException).resourceIds).toEqual([arn]);
  await expect(request('conflict', 'conflict', { startedBy: 'x' })).rejects.toThrow(ConflictException);
});

it('recognizes the same request after everything about its definition has changed', async () => {
  const arn = (await request('definition')).tasks?.[0]?.taskArn;
  await rig.client.send(new RegisterTaskDefinitionCommand(definition('append:1', { cpu: 128 })));
  expect((await request('definition')).tasks?.[0]?.taskArn).toBe(arn);
});

it('a token is scoped to its cluster and covers all tasks of its request', async () => {
  await rig.client.send(new CreateClusterCommand({ clusterName: 'other' }));
  const here = (await request('shared', 'shared', { count: 3 })).tasks ?? [];
  const there = (await request('shared', 'shared', { cluster: 'other' })).tasks ?? [];
  expect(here).toHaveLength(3);
  expect(there).toHaveLength(1);
  expect(new Set([...here, ...there].map(({ taskArn }) => taskArn)).size).toBe(4);
  const again = (await request('shared', 'shared', { count: 3 })).tasks ?? [];
  expect(again.map(({ taskArn }) => taskArn)).toEqual(here.map(({ taskArn }) => taskArn));
});

it('launches a new task for every request without a client token', async () => {
  const { clientToken: _, ...rest } = { clientToken: '', cluster, taskDefinition: 'worker', networkConfiguration };
  const run = () => rig.client.send(new RunTaskCommand({ ...rest, launchType: 'FARGATE' }));
  const [a, b] = [await run(), await run()];
  expect(a.tasks?.[0]?.taskArn).not.toBe(b.tasks?.[0]?.taskArn);
});
