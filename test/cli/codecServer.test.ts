import { once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createCodecServer, originsOf } from '../../cli/codecServer';
import { createPayloadCodec } from '../../config/payloads/codec';

const key = { id: 'one', bytes: Buffer.alloc(32, 1) };
const codec = createPayloadCodec([key]);
const origin = 'http://127.0.0.1:8233';
let server: Server;
let port: number;
beforeAll(async () => {
  server = createCodecServer({ codec, origins: [origin] }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function send(path: string, body: string, headers: Record<string, string> = {}, method = 'POST') {
  const sent = request({
    port,
    host: '127.0.0.1',
    agent: false,
    path,
    method,
    headers: { host: `127.0.0.1:${port}`, ...headers },
  });
  sent.on('error', () => undefined);
  sent.end(method === 'POST' ? body : '');
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return {
    status: response.statusCode as number,
    headers: response.headers as Record<string, string>,
    body: JSON.parse(text),
  };
}

const json = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});
const plain = json(defaultPayloadConverter.toPayload({ s3Key: 'ventas.csv' }) as Payload);
const bodyOf = (...payloads: object[]) => JSON.stringify({ payloads });

test('decodes what it has encoded, for the Web UI and for a program without an origin', async () => {
  for (const headers of [{ origin }, {}]) {
    const encoded = await send('/encode', bodyOf(plain, plain), headers);
    expect(encoded.status).toBe(200);
    expect(JSON.stringify(encoded.body)).not.toContain(plain.data);
    const decoded = await send('/default/decode?x=y', bodyOf(...encoded.body.payloads), headers);
    expect(decoded.body).toEqual({ payloads: [plain, plain] });
    expect(decoded.headers['access-control-allow-origin']).toBe('origin' in headers ? origin : undefined);
    expect(decoded.headers['cache-control']).toBe('no-store');
  }
});

test('answers the preflight request of a browser', async () => {
  const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' };
  const { status, headers } = await send('/decode', '', asked, 'OPTIONS');
  expect(status).toBe(200);
  expect(headers['access-control-allow-origin']).toBe(origin);
  expect(headers['access-control-allow-headers']).toContain('x-namespace');
});

test.each<[string, Record<string, string>]>([
  ['another site', { origin: 'https://evil.example' }],
  ['another port of this machine', { origin: 'http://127.0.0.1:9999' }],
  ['a page without an origin of its own', { origin: 'null' }],
  ["another site's name for this address", { host: 'evil.example:8234' }],
  ['that name with the origin of the Web UI', { host: 'evil.example:8234', origin }],
])('rejects %s without decoding anything', async (_who, headers) => {
  const encoded = await send('/encode', bodyOf(plain));
  for (const method of ['POST', 'OPTIONS']) {
    const answer = await send('/decode', bodyOf(...encoded.body.payloads), headers, method);
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.body).toEqual({ error: expect.any(String) });
  }
});

test.each<[string, string, string, string, number]>([
  ['another method', 'GET', '/decode', '', 405],
  ['another path', 'POST', '/', '{}', 404],
  ['invalid JSON', 'POST', '/decode', '{', 400],
  ['other JSON', 'POST', '/decode', '{"payloads": 7}', 400],
  ['a body that is too large', 'POST', '/decode', `{"payloads": [{"data": "${'A'.repeat(17 * 1024 * 1024)}"}]}`, 413],
])('rejects %s', async (_what, method, path, body, status) => {
  expect((await send(path, body, {}, method)).status).toBe(status);
});

test('names a missing key', async () => {
  const [foreign = {}] = await createPayloadCodec([{ id: 'two', bytes: Buffer.alloc(32, 2) }]).encode([
    { data: Buffer.from('x') },
  ]);
  const answer = await send('/decode', bodyOf(json(foreign)), { origin });
  expect(answer.status).toBe(400);
  expect(answer.body.error).toContain('"two"');
});

test('a local Web UI has two origins', () => {
  expect(originsOf('http://localhost:8233/')).toEqual(['http://127.0.0.1:8233', 'http://localhost:8233']);
  expect(originsOf('https://temporal.example.com/ui')).toEqual(['https://temporal.example.com']);
});
