import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Gate, openGate } from '../../../local/gate/gate';

/** Answers every web page, as ministack does. */
let server: Server;
let gate: Gate;
let handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
const seen: IncomingMessage[] = [];

beforeEach(async () => {
  seen.length = 0;
  handle = (incoming, outgoing) => {
    outgoing.writeHead(201, 'Made', ['X-Twice', 'a', 'X-Twice', 'b', 'Access-Control-Allow-Origin', '*']);
    incoming.pipe(outgoing);
  };
  server = createServer((incoming, outgoing) => {
    seen.push(incoming);
    handle(incoming, outgoing);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  gate = await openGate({ port: 0, target: { host: '127.0.0.1', port } });
});
afterEach(async () => {
  await gate.close();
  server.close();
});

async function send(method: string, path: string, headers: Record<string, string>, body?: Buffer) {
  const sent = request({ host: '127.0.0.1', port: gate.port, method, path, headers });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { answer, body: await buffer(answer) };
}

test('forwards a request and its response unchanged', async () => {
  const content = randomBytes(3_000_000);
  const headers = { 'X-Amz-Target': 'A.B', 'Content-Length': String(content.length), Expect: '100-continue' };
  const { answer, body } = await send('PUT', '//bucket/a%2Fb?x=1&x=2', headers, content);
  expect(body.equals(content)).toBe(true);
  expect([answer.statusCode, answer.statusMessage, answer.headersDistinct['x-twice']]).toEqual([
    201,
    'Made',
    ['a', 'b'],
  ]);
  const [{ method, url, headers: received } = {}] = seen;
  expect([method, url]).toEqual(['PUT', '//bucket/a%2Fb?x=1&x=2']);
  expect(received).toMatchObject({
    host: `127.0.0.1:${gate.port}`,
    'x-amz-target': 'A.B',
    'content-length': String(content.length),
  });
});

test.each([
  ['of unknown length', 'POST', { 'transfer-encoding': 'chunked' }, Buffer.from('chunks')],
  ['that deletes and has a body', 'DELETE', { 'content-length': '4' }, Buffer.from('body')],
  ['without a body', 'GET', {}, undefined],
])('a request %s arrives whole', async (_what, method, headers, content) => {
  const { body } = await send(method, '/', headers as Record<string, string>, content);
  expect(body.toString()).toBe(content?.toString() ?? '');
});

test('a response without a body stays without a body', async () => {
  handle = (_incoming, outgoing) => outgoing.writeHead(200, { 'content-length': '7' }).end();
  const { answer, body } = await send('HEAD', '/bucket/key', {});
  expect([answer.statusCode, answer.headers['content-length'], body.length]).toEqual([200, '7', 0]);
});

test.each<[string, string, Record<string, string>]>([
  ['a page', 'POST', { origin: 'http://evil.test' }],
  ['a preflight', 'OPTIONS', { origin: 'http://evil.test', 'access-control-request-method': 'PUT' }],
  ['another name', 'GET', { host: 'evil.test' }],
])('rejects %s before it reaches the upstream server', async (_what, method, headers) => {
  const { answer, body } = await send(method, '/', headers);
  expect(answer.statusCode).toBe(403);
  expect(body.toString()).toMatch(/^Request refused: .*\.\n$/);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  expect(seen).toEqual([]);
});

test('a WebSocket upgrade stays an ordinary request', async () => {
  const { answer } = await send('GET', '/', { connection: 'Upgrade', upgrade: 'websocket' });
  expect(answer.statusCode).toBe(201);
  expect(seen[0]?.headers.upgrade).toBeUndefined();
});

test('reports that the upstream server does not answer', async () => {
  server.close();
  await once(server, 'close');
  const { answer, body } = await send('GET', '/', {});
  expect([answer.statusCode, body.toString()]).toEqual([502, expect.stringContaining('ECONNREFUSED')]);
});

test('an interrupted response is interrupted, and a disconnected caller closes the upstream request', async () => {
  handle = (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': '10' });
    outgoing.write('half', () => outgoing.destroy());
  };
  await expect(send('GET', '/', {})).rejects.toThrow('aborted');

  handle = () => undefined;
  const caller = connect(gate.port, '127.0.0.1');
  caller.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${gate.port}\r\n\r\n`);
  await once(server, 'request');
  const left = once((seen.at(-1) as IncomingMessage).socket, 'close');
  caller.destroy();
  await left;
});

test('listens on one address only, and rejects when the port is in use', async () => {
  const target = { host: '127.0.0.1', port: 1 };
  await expect(openGate({ port: gate.port, target })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await (await openGate({ port: gate.port, host: '127.0.0.2', target })).close();
});
