import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { configuredTemporal, connectClient } from '../../config/connection';
import { TemporalConnectionError } from '../../config/errors';
import { explain } from '../../config/explain';
import { diagnosePort } from '../../config/temporalPort';

const servers: (Server | Http2Server)[] = [];
const sockets = new Set<Socket>();
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

async function listening(server: Server | Http2Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const sentence = async (address: string, tls = false) => causeOf(await diagnosePort({ address, tls }), {})?.sentence;

test('an HTTP/2 server is not reported as a cause', async () => {
  expect(await diagnosePort({ address: await listening(createHttp2()), tls: false })).toBeUndefined();
});

test.each<[string, () => Promise<string> | string, RegExp]>([
  ['a closed port', () => '127.0.0.1:1', /127\.0\.0\.1:1 is refused/],
  ['an unknown host', () => 'nope.invalid:7233', /the host nope\.invalid does not exist|cannot be resolved/],
  ['an invalid port', () => '127.0.0.1:99999', /not a port/],
  ['the Web UI', () => listening(createHttp((_, response) => response.end('<html>'))), /HTTP\/1, not gRPC/],
  ['a server that closes plain text', () => listening(createServer((socket) => socket.end())), /expects TLS/],
  [
    'a TLS alert',
    () => listening(createServer((socket) => socket.end(Buffer.from('15030100020246', 'hex')))),
    /expects TLS/,
  ],
])('explains %s', async (_what, address, words) => {
  expect(await sentence(await address())).toMatch(words);
});

test('reports TLS against a plain-text server', async () => {
  const address = await listening(
    createServer((socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  );
  expect(await sentence(address, true)).toBe('the server does not speak TLS');
});

test('explains a Temporal error with its class and remedy', () => {
  const cause = { kind: 'Misconfigured', sentence: 'there is no host x', remedy: 'Correct it' } as const;
  expect(explain(new TemporalConnectionError('x:7233', cause))).toEqual({
    message: 'Temporal at x:7233: there is no host x',
    remedy: 'Correct it',
    exitCode: 78,
  });
});

test.each<[number, string, RegExp]>([
  [7, 'Request unauthorized.', /Temporal denies access: Request unauthorized/],
  [16, 'Jwt is missing', /does not accept the credentials: Jwt is missing/],
])("gRPC status %i is reported with the server's message", async (status, message, words) => {
  const server = createHttp2();
  server.on('stream', (stream: ServerHttp2Stream) => {
    const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(status) };
    stream.respond({ ...headers, 'grpc-message': message }, { endStream: true });
  });
  const error = await connectClient({ TEMPORAL_ADDRESS: await listening(server) }).catch((thrown: unknown) => thrown);
  expect(explain(error)).toMatchObject({ message: expect.stringMatching(words), exitCode: 78 });
});

test('an empty variable counts as unset: an empty key does not enable TLS', () => {
  const file = { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' };
  const options = configuredTemporal({ ...file, TEMPORAL_API_KEY: '', TEMPORAL_ADDRESS: '' }).connectionOptions;
  expect(options.tls).toBeUndefined();
  expect(options.address).toBeUndefined();
});

test('an unknown profile is a configuration error', () => {
  const env = { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml', TEMPORAL_PROFILE: 'nope' };
  expect(() => configuredTemporal(env)).toThrow(/Profile 'nope' not found/);
});
