import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { EcsError } from '@etl/fargate/api/errors';
import { createEcsServer } from '@etl/fargate/http/server';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { ThrottledError } from '../../activities/ports';
import { parseConfig } from '../../config/environment';
import { createPorts } from '../../workers/ports';

describe('the task runner of a worker', () => {
  let calls: string[];
  let server: ReturnType<typeof createEcsServer>;
  const { AWS_ENDPOINT_URL_ECS: endpoint } = process.env;

  beforeAll(async () => {
    const throttle = async (operation: string): Promise<never> => {
      calls.push(operation);
      throw new EcsError('ThrottlingException', 'Rate exceeded');
    };
    server = createEcsServer(throttle, []).listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env.AWS_ENDPOINT_URL_ECS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    calls = [];
  });
  afterAll(() => {
    if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL_ECS;
    else process.env.AWS_ENDPOINT_URL_ECS = endpoint;
    server.closeAllConnections();
    server.close();
  });

  test('retries a throttled DescribeTasks unless the caller retries itself', async () => {
    const { tasks } = createPorts(parseConfig({}), {} as Client, {} as Logger);
    await expect(tasks.describe(['arn:1'], { retries: false })).rejects.toThrow(ThrottledError);
    expect(calls).toEqual(['DescribeTasks']);
    await expect(tasks.describe(['arn:1'])).rejects.toThrow(ThrottledError);
    expect(calls.length).toBeGreaterThan(2);
  });
});
