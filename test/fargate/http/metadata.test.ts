import { existsSync } from 'node:fs';
import type { EcsEndpoint } from '@etl/fargate/endpoint';
import { startEcsEndpoint } from '@etl/fargate/endpoint';
import { defaults, idOf, type Rig, rigOf, startRig, stopRig } from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => stopRig(rig));

/** Metadata URI that the container of a task that runs `print:1` receives. */
async function uriOf(arn: string): Promise<string> {
  const { env } = JSON.parse(await rig.logged(arn, '\n')) as { env: Record<string, string> };
  expect(env.LOCAL_ECS_HANDOVER).toBeUndefined();
  return env.ECS_CONTAINER_METADATA_URI_V4 ?? '';
}
const get = async (uri: string) => (await fetch(uri)).json() as Promise<Record<string, unknown>>;

describe('the task metadata endpoint', () => {
  let arn: string;
  let uri: string;
  beforeAll(async () => {
    arn = await rig.run('lasting-print:1', { overrides: { cpu: '512', memory: '1024' } }, { cpu: 128, memory: 256 });
    await rig.running(arn);
    uri = await uriOf(arn);
  });

  it('has a separate URI for each container', () => {
    expect(uri).toMatch(new RegExp(`^${rig.endpoint.url}/v4/${idOf(arn)}-\\d+$`));
  });

  it('returns the container', async () => {
    const container = await get(uri);
    expect(container).toMatchObject({
      DockerId: uri.split('/').at(-1),
      Name: 'main',
      Image: 'lasting-print:1',
      DesiredStatus: 'RUNNING',
      KnownStatus: 'RUNNING',
      Limits: { CPU: 128, Memory: 256 },
      Type: 'NORMAL',
      Labels: { 'com.amazonaws.ecs.task-arn': arn, 'com.amazonaws.ecs.task-definition-family': 'worker' },
    });
    expect(container.ContainerARN).toMatch(/^arn:aws:ecs:.*:container\/etl-test\//);
  });

  it('returns the task', async () => {
    const task = await get(`${uri}/task`);
    expect(task).toMatchObject({
      Cluster: 'arn:aws:ecs:us-east-1:000000000000:cluster/etl-test',
      TaskARN: arn,
      Family: 'worker',
      Revision: expect.stringMatching(/^\d+$/),
      DesiredStatus: 'RUNNING',
      KnownStatus: 'RUNNING',
      Limits: { CPU: 0.5, Memory: 1024 },
      AvailabilityZone: 'us-east-1a',
      LaunchType: 'FARGATE',
      Containers: [await get(uri)],
    });
    expect(Number(new Date(String(task.PullStartedAt)))).toBeLessThanOrEqual(Date.now());
  });

  const onLinux = existsSync('/proc/self/status') ? it : it.skip;
  onLinux('returns resource usage in the format of Docker', async () => {
    const stats = (await get(`${uri}/stats`)) as {
      memory_stats: { usage: number; limit: number };
      cpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage: number; online_cpus: number };
    };
    expect(stats.memory_stats.limit).toBe(256 * 1024 * 1024);
    expect(stats.memory_stats.usage).toBeGreaterThan(1024 * 1024);
    expect(stats.memory_stats.usage).toBeLessThan(stats.memory_stats.limit);
    expect(stats.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(0);
    expect(stats.cpu_stats.system_cpu_usage).toBeGreaterThan(stats.cpu_stats.cpu_usage.total_usage);
    const all = await get(`${uri}/task/stats`);
    expect(Object.keys(all)).toEqual([uri.split('/').at(-1)]);
    expect(all[uri.split('/').at(-1) ?? '']).toMatchObject({ name: 'main' });
  });

  it('returns 404 for an unknown token', async () => {
    for (const path of ['x', `${'0'.repeat(32)}-1`, '..%2f..', `${idOf(arn)}-1`]) {
      expect((await fetch(`${rig.endpoint.url}/v4/${path}`)).status).toBe(404);
    }
  });
});

it('the next endpoint on the same port answers as well', async () => {
  const before = await startRig();
  const { port } = before.endpoint;
  const arn = await before.run('lasting-print:1');
  await before.logged(arn, '\n');
  await before.running(arn);
  const { env } = JSON.parse(await before.log(arn)) as { env: Record<string, string> };
  await before.endpoint.close();
  before.client.destroy();
  const endpoint: EcsEndpoint = await startEcsEndpoint({ ...defaults, port, stateDir: before.stateDir });
  try {
    const task = await get(`${env.ECS_CONTAINER_METADATA_URI_V4}/task`);
    expect(task).toMatchObject({ TaskARN: arn, KnownStatus: 'RUNNING' });
  } finally {
    await stopRig(rigOf(endpoint, before.stateDir));
  }
});
