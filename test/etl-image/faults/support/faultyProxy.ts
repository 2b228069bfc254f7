import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What happens to one request on its way. `stall`: its answer stops after so many bytes, for so long or for ever. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'slowDown' }
  | { readonly kind: 'resetBefore' }
  | { readonly kind: 'loseAnswer' }
  | { readonly kind: 'cutAfter'; readonly bytes: number }
  | { readonly kind: 'stall'; readonly bytes: number; readonly ms?: number };

const slowDown = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your rate</Message></Error>';

/**
 * An HTTP server before another one that breaks what a test tells it to break, and tells uploads' real beginnings: moto says of
 * all that they began years ago, and what is young must not be taken for old.
 */
export async function startFaultyProxy(
  endpoint: string,
  decide: (incoming: IncomingMessage) => Fault | Promise<Fault>,
) {
  const target = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const fault = await decide(incoming);
      if (fault.kind === 'resetBefore') return void incoming.socket.destroy();
      if (fault.kind === 'slowDown') {
        incoming.resume();
        await once(incoming, 'end');
        return void outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(slowDown);
      }
      const { hostname, port } = target;
      const options = { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers };
      const forwarded = request(options, (answer) => void deliver(incoming, answer, outgoing, fault));
      forwarded.once('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function deliver(incoming: IncomingMessage, answer: IncomingMessage, outgoing: ServerResponse, fault: Fault) {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  const body = withDates(incoming, Buffer.concat(pieces));
  if (fault.kind === 'loseAnswer') return void outgoing.destroy();
  // Of a HEAD the length is that of a body which does not follow.
  const headers = incoming.method === 'HEAD' ? answer.headers : { ...answer.headers, 'content-length': body.length };
  outgoing.writeHead(answer.statusCode ?? 502, headers);
  if (fault.kind !== 'cutAfter' && fault.kind !== 'stall') return void outgoing.end(body);
  outgoing.flushHeaders();
  outgoing.write(body.subarray(0, fault.bytes), () => {
    if (fault.kind === 'cutAfter') setTimeout(() => outgoing.destroy(), 20);
    else if (fault.ms !== undefined) setTimeout(() => outgoing.end(body.subarray(fault.bytes)), fault.ms);
  });
}

function withDates(incoming: IncomingMessage, body: Buffer): Buffer {
  if (!/[?&]uploads\b/.test(incoming.url ?? '') || incoming.method !== 'GET') return body;
  const now = `<Initiated>${new Date(Date.now() - 1000).toISOString()}</Initiated>`;
  return Buffer.from(body.toString().replace(/<Initiated>[^<]*<\/Initiated>/g, now));
}
