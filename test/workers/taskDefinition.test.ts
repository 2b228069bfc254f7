import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { parseConfig } from '../../config/environment';
import { ConfigError } from '../../config/errors';
import { registerTaskDefinition } from '../../workers/taskDefinition';
import { clientOf, type Rig, startRig, stopRig } from '../fargate/support';
import { command, root } from '../support/processes';

const sample = join(root, 'samples', 'task-definition.json');
const aws = { ECS_CLUSTER: 'etl', ECS_SUBNETS: 'subnet-1' };

describe('ECS_TASK_DEFINITION', () => {
  let rig: Rig;
  let folder: string;
  beforeAll(async () => {
    rig = await startRig();
    folder = await mkdtemp(join(tmpdir(), 'etl-definition-'));
  });
  afterAll(async () => {
    await stopRig(rig);
    await rm(folder, { recursive: true, force: true });
  });

  const resolve = async (configured: string) => {
    const config = parseConfig({ ...aws, ECS_TASK_DEFINITION: configured });
    return (await registerTaskDefinition(config, rig.client)).ECS_TASK_DEFINITION;
  };
  const spec = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  test('accepts a name or an ARN unchanged', async () => {
    expect(await resolve('etl-ventas-diarias')).toBe('etl-ventas-diarias');
    const arn = 'arn:aws:ecs:us-east-1:123456789012:task-definition/etl-ventas-diarias:7';
    expect(await resolve(arn)).toBe(arn);
    const local = parseConfig({});
    expect(await registerTaskDefinition(local, rig.client)).toBe(local);
  });

  test('registers a file once', async () => {
    const arn = 'arn:aws:ecs:us-east-1:000000000000:task-definition/etl-ventas-diarias:1';
    expect(await resolve(sample)).toBe(arn);
    expect(await resolve(`file:${sample}`)).toBe(arn);
    expect(await resolve(pathToFileURL(sample).href)).toBe(arn);
    const asked = await rig.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'etl-ventas-diarias' }));
    expect(asked.taskDefinition?.taskDefinitionArn).toBe(arn);
  });

  test.each<[string, string, RegExp]>([
    ['invalid JSON', '{', /^ECS_TASK_DEFINITION: .*\/bad\.json: .*JSON/],
    ['an invalid definition', '{"family":"x"}', /^ECS_TASK_DEFINITION: .*\/bad\.json: cpu: is missing$/],
  ])('a file with %s is a configuration error', async (_what, content, problem) => {
    const path = await spec('bad.json', content);
    const error = await resolve(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems[0]).toMatch(problem);
  });

  test('an unavailable ECS is not a configuration error', async () => {
    const path = await spec('good.json', '{"family":"away","cpu":256,"memoryMiB":512,"etl":{"image":"x:1"}}');
    const config = parseConfig({ ...aws, ECS_TASK_DEFINITION: path });
    const nobody = clientOf('http://127.0.0.1:1');
    const away = await registerTaskDefinition(config, nobody).catch((thrown: unknown) => thrown);
    nobody.destroy();
    expect(away).not.toBeInstanceOf(ConfigError);
    expect((away as Error).message).toContain('good.json: cannot register it with ECS');
  });

  test('a file that ECS rejects is a configuration error', async () => {
    const refusing = createServer((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'you may not' }));
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const { port } = refusing.address() as AddressInfo;
    const client = clientOf(`http://127.0.0.1:${port}`);
    try {
      const config = parseConfig({ ...aws, ECS_TASK_DEFINITION: sample });
      const error = await registerTaskDefinition(config, client).catch((thrown: unknown) => thrown);
      expect((error as ConfigError).problems).toEqual([
        `ECS_TASK_DEFINITION: ${sample}: cannot register it with ECS: access is denied: you may not. Grant the permission (docs/aws.md).`,
      ]);
    } finally {
      client.destroy();
      refusing.closeAllConnections();
      refusing.close();
    }
  });

  test('a worker with an invalid file names the file and the key, and exits with code 78', async () => {
    const path = await spec('worker.json', '{"family":"x","cpu":256,"memoryMiB":512,"etl":{"image":"x:1","cpu":"1"}}');
    const env = { ...aws, ECS_TASK_DEFINITION: path, AWS_REGION: 'us-east-1' };
    const ended = await command(process.execPath, ['dist/workers/main.js'], env);
    expect(ended.exitCode).toBe(78);
    expect(ended.stderr).toContain(`ECS_TASK_DEFINITION: ${path}: etl.cpu: "1" `);
  });
});
