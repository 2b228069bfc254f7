import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientSettings } from '@etl/pipeline/awsClients';
import { parseConfig } from '../../config/environment';
import { maxConcurrentCalls, slots } from '../../workers/concurrency';
import { createLightConverter, lightConcurrency } from '../../workers/lightLane';

const lambda = {
  LIGHT_FUNCTION: 'etl-convert',
  ECS_CLUSTER: 'etl',
  ECS_TASK_DEFINITION: 'etl',
  ECS_SUBNETS: 'subnet-1',
};

/** A service that answers only when `count` calls are in flight, so too few sockets deadlock it. */
async function startHolding(count: number): Promise<{ server: Server; url: string; most: () => number }> {
  const held: ServerResponse[] = [];
  let most = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      held.push(response);
      most = Math.max(most, held.length);
      if (held.length < count) return;
      for (const each of held.splice(0)) each.writeHead(200).end(JSON.stringify({ exitCode: 0, seconds: 1 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, most: () => most };
}

describe('the light lane', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test.each([{}, { ETL_LIGHT_CONCURRENCY: '170' }])(
    'all conversions of %j run concurrently',
    async (changes) => {
      const config = parseConfig({ ...lambda, ...changes });
      const count = lightConcurrency(config);
      expect(count).toBe(Number(changes.ETL_LIGHT_CONCURRENCY ?? 100));
      const service = await startHolding(count);
      const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
      Object.assign(process.env, credentials, { AWS_ENDPOINT_URL_LAMBDA: service.url });
      try {
        const converter = createLightConverter(config);
        const request = { environment: {}, timeoutSeconds: 60, signal: new AbortController().signal };
        const ends = await Promise.all(Array.from({ length: count }, () => converter?.convert(request)));
        expect(ends.filter((end) => end?.exitCode === 0)).toHaveLength(count);
        expect(service.most()).toBe(count);
      } finally {
        service.server.closeAllConnections();
        await new Promise((resolve) => service.server.close(resolve));
      }
    },
    20_000,
  );
});

test('each service has a socket for every activity that may call it', () => {
  const calls = maxConcurrentCalls(parseConfig({ ...lambda, ETL_LIGHT_CONCURRENCY: '500' }));
  const { main, launches, waits } = slots;
  expect(calls.lambda).toBeGreaterThanOrEqual(500);
  expect(calls.ecs).toBeGreaterThanOrEqual(main + launches + waits);
  expect(calls.s3).toBeGreaterThanOrEqual(main + launches + waits + 500);
  for (const count of [calls.sns, calls.sqs]) expect(count).toBeGreaterThanOrEqual(main);
  expect(calls.logs).toBeGreaterThanOrEqual(waits);
  for (const [service, concurrency] of Object.entries(calls)) {
    const { requestHandler } = clientSettings(service as keyof typeof calls, { concurrency });
    for (const { maxSockets } of [requestHandler.httpAgent, requestHandler.httpsAgent]) {
      expect(maxSockets).toBeGreaterThanOrEqual(concurrency);
    }
  }
});
