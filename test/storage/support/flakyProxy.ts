import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What happens to one request on its way: nothing, or it is answered here, or its answer is cut or lost. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'cutAfter'; readonly bytes: number }
  | { readonly kind: 'loseAnswer' };

/** An HTTP server before another one, that breaks what a test tells it to break. */
export async function startProxy(endpoint: string, decide: (incoming: IncomingMessage) => Fault) {
  const target = new URL(endpoint);
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const fault = decide(incoming);
    if (fault.kind === 'answer') {
      incoming.resume();
      incoming.once('end', () =>
        outgoing.writeHead(fault.status, { 'content-type': 'application/xml' }).end(fault.body),
      );
      return;
    }
    const { hostname, port } = target;
    const options = { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers };
    incoming.pipe(request(options, (answer) => deliver(answer, outgoing, fault)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function deliver(answer: IncomingMessage, outgoing: ServerResponse, fault: Fault): void {
  if (fault.kind === 'loseAnswer') {
    answer.resume();
    answer.once('end', () => outgoing.destroy());
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  if (fault.kind !== 'cutAfter') {
    answer.pipe(outgoing);
    return;
  }
  let left = fault.bytes;
  answer.on('data', (piece: Buffer) => {
    if (left <= 0) return;
    outgoing.write(piece.subarray(0, left), () => {
      if (left <= 0) setTimeout(() => outgoing.destroy(), 20);
    });
    left -= piece.length;
  });
}
