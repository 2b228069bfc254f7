import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type Admission, refusalOf } from '@etl/lib/admission';

/** Answers 200 to an accepted request, else 403 with the reason. */
function serverOf(admission?: Admission): Server {
  return createServer((request, response) => {
    const refusal = refusalOf(request, admission);
    response.writeHead(refusal === undefined ? 200 : 403, { connection: 'close' });
    response.end(refusal);
  });
}

/** Status line and body of the response to exactly these bytes; `PORT` is replaced by the server's port. */
async function answerTo(server: Server, ...lines: string[]): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.end(`${lines.join('\r\n').replaceAll('PORT', String(port))}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

let tools: Server;
let pages: Server;
beforeAll(async () => {
  tools = serverOf();
  pages = serverOf({ hasPages: true });
  for (const server of [tools, pages]) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  for (const server of [tools, pages]) server.close();
});

test.each<[string, number, string[]]>([
  ['a page of that server', 200, ['Origin: http://127.0.0.1:8233', 'Sec-Fetch-Site: same-site']],
  ['a page under the other name of this machine', 403, ['Origin: http://localhost:8233', 'Sec-Fetch-Site: cross-site']],
  ['two origins', 403, ['Origin: http://127.0.0.1:8233', 'Origin: http://evil.test']],
  ['no origin, from a page', 403, ['Sec-Fetch-Site: cross-site']],
  ['a program', 200, []],
])('answers pages of an allowed origin only: %s', async (_what, status, headers) => {
  const server = serverOf({ origins: ['http://127.0.0.1:8233'] });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  expect(statusOf(await answerTo(server, 'POST / HTTP/1.1', 'Host: 127.0.0.1:PORT', ...headers))).toBe(status);
  server.close();
});

describe('Host', () => {
  test.each<[string, number, string[]]>([
    ['127.0.0.1', 200, ['Host: 127.0.0.1:PORT']],
    ['localhost', 200, ['Host: localhost:PORT']],
    ['IPv6', 200, ['Host: [::1]:PORT']],
    ['upper case', 200, ['HOST: LocalHost:PORT']],
    ['another name that resolves to loopback', 403, ['Host: evil.test:PORT']],
    ['a name that begins with an accepted one', 403, ['Host: 127.0.0.1.evil.test:PORT']],
    ['a name below localhost', 403, ['Host: evil.localhost:PORT']],
    ['a trailing dot', 403, ['Host: localhost.:PORT']],
    ['another port', 403, ['Host: 127.0.0.1:1']],
    ['no port', 403, ['Host: 127.0.0.1']],
    ['a port with a leading zero', 403, ['Host: 127.0.0.1:0PORT']],
    ['a short address', 403, ['Host: 127.1:PORT']],
    ['an address in hexadecimal', 403, ['Host: 0x7f000001:PORT']],
    ['another loopback address', 403, ['Host: 127.0.0.2:PORT']],
    ['IPv6 in full', 403, ['Host: [0:0:0:0:0:0:0:1]:PORT']],
    ['IPv4 in IPv6', 403, ['Host: [::ffff:127.0.0.1]:PORT']],
    ['credentials', 403, ['Host: 127.0.0.1:PORT@evil.test']],
    ['a list', 403, ['Host: 127.0.0.1:PORT, evil.test']],
    ['an empty name', 403, ['Host:']],
    ['no name', 400, []],
    ['two names', 403, ['Host: 127.0.0.1:PORT', 'Host: evil.test:PORT']],
    ['two accepted names', 403, ['Host: 127.0.0.1:PORT', 'Host: 127.0.0.1:PORT']],
  ])('%s: %d', async (_what, status, headers) => {
    for (const server of [tools, pages]) {
      expect(statusOf(await answerTo(server, 'POST / HTTP/1.1', ...headers))).toBe(status);
    }
  });

  test('rejects HTTP/1.0 without a Host header', async () => {
    expect(await answerTo(tools, 'GET / HTTP/1.0')).toContain('the Host header is not one of 127.0.0.1:');
  });

  test('accepts additional hosts', async () => {
    const server = serverOf({ hosts: ['host.docker.internal:4566'] });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    for (const [host, status] of Object.entries({ 'host.docker.internal:4566': 200, 'host.docker.internal:1': 403 })) {
      expect(statusOf(await answerTo(server, 'GET / HTTP/1.1', `Host: ${host}`))).toBe(status);
    }
    server.close();
  });
});

const host = 'Host: 127.0.0.1:PORT';
const ownOrigin = 'Origin: http://127.0.0.1:PORT';
const site = (value: string) => `Sec-Fetch-Site: ${value}`;
const link = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
const browser = 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0';

/** The sender, the status from a server for tools, and the status from a server with pages. */
test.each<[string, number, number, string, string[]]>([
  ['an AWS SDK', 200, 200, 'POST /', ['User-Agent: aws-sdk-js/3.1164.0']],
  ['curl', 200, 200, 'PUT /faults', ['User-Agent: curl/8.5.0', 'Accept: */*']],
  ['fetch of Node', 200, 200, 'PUT /faults', ['User-Agent: node', 'Sec-Fetch-Mode: cors']],
  ['an address typed by the user', 200, 200, 'GET /calls', [site('none'), browser]],
  ['a page of this server, writing', 403, 200, 'POST /api', [ownOrigin, site('same-origin'), browser]],
  ['a page of this server, reading', 403, 200, 'GET /api', [site('same-origin'), browser]],
  ['a page on another port', 403, 403, 'POST /', ['Origin: http://127.0.0.1:1', site('same-site')]],
  ['a page at another name of loopback', 403, 403, 'POST /', ['Origin: http://localhost:PORT', site('cross-site')]],
  ['a page over HTTPS', 403, 403, 'POST /', ['Origin: https://127.0.0.1:PORT']],
  ['a page of another site', 403, 403, 'POST /', ['Origin: http://evil.test']],
  ['a page in a sandbox', 403, 403, 'POST /', ['Origin: null']],
  ['a page with two origins', 403, 403, 'POST /', [ownOrigin, 'Origin: http://evil.test']],
  ['a preflight', 403, 403, 'OPTIONS /', ['Origin: http://evil.test', 'Access-Control-Request-Method: PUT']],
  ['an image of another site', 403, 403, 'GET /?a', [site('cross-site'), 'Sec-Fetch-Mode: no-cors', browser]],
  ['an image of another port', 403, 403, 'GET /?a', [site('same-site'), 'Sec-Fetch-Mode: no-cors', browser]],
  ['two sites', 403, 403, 'GET /', [site('none'), site('cross-site')]],
  ['an image in an old browser', 403, 200, 'GET /?a', [browser]],
  ['a link', 403, 200, 'GET /', [site('cross-site'), ...link, browser]],
  ['a form', 403, 403, 'POST /', ['Origin: http://evil.test', site('cross-site'), ...link]],
  ['a form without an origin', 403, 403, 'POST /', [site('cross-site'), ...link]],
  ['a frame', 403, 403, 'GET /', [site('cross-site'), 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe']],
  ['a WebSocket', 403, 403, 'GET /', ['Origin: http://evil.test', 'Connection: Upgrade', 'Upgrade: websocket']],
  ['a page behind a proxy', 403, 403, 'GET http://evil.test/', []],
  ['a program with this machine as its proxy', 403, 403, 'GET http://127.0.0.1:PORT/', []],
  ['a request for the server itself', 403, 403, 'OPTIONS *', []],
])('%s: %d, %d', async (_who, status, statusWithPages, request, headers) => {
  const answers = [tools, pages].map((server) => answerTo(server, `${request} HTTP/1.1`, host, ...headers));
  const [answer = '', withPages = ''] = await Promise.all(answers);
  expect([statusOf(answer), statusOf(withPages)]).toEqual([status, statusWithPages]);
  expect(answer + withPages).not.toMatch(/access-control/i);
});

test('rejects CONNECT', async () => {
  expect(await answerTo(tools, 'CONNECT evil.test:80 HTTP/1.1', 'Host: evil.test:80')).toBe('');
});
