import { once } from 'node:events';
import { createServer, type IncomingMessage, request as requestTo, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Admission, refusalOf } from '@etl/lib/admission';

export interface GateSettings extends Admission {
  /** 0 selects any free port. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  readonly target: Target;
}

interface Target {
  readonly host: string;
  readonly port: number;
}

export interface Gate {
  readonly port: number;
  /** Closes the gate and its open connections. */
  close(): Promise<void>;
}

/**
 * Headers of a single connection. Without `upgrade`, a WebSocket handshake stays an ordinary request.
 * @see RFC 9110, 7.6.1
 */
const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'expect'];

/**
 * Opens a proxy for a server that answers every web page. Requests that `refusalOf` rejects receive 403 and no CORS
 * headers; all others are forwarded unchanged. Rejects if the port is in use.
 */
export async function openGate({ port, host = '127.0.0.1', target, ...admission }: GateSettings): Promise<Gate> {
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, admission);
    if (refusal === undefined) forward(request, response, target);
    else respond(response, 403, `Request refused: ${refusal}.`);
  });
  // An upload of a large file may take longer than Node's default timeout.
  server.requestTimeout = 0;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function forward(incoming: IncomingMessage, response: ServerResponse, { host, port }: Target): void {
  const { method, url: path, rawHeaders } = incoming;
  const outgoing = requestTo({ host, port, method, path, headers: endToEnd(rawHeaders), agent: false });
  outgoing.once('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.statusMessage, endToEnd(reply.rawHeaders));
    reply.once('error', () => response.destroy());
    reply.pipe(response);
  });
  outgoing.once('error', ({ message }) => {
    if (response.headersSent) response.destroy();
    else respond(response, 502, `The server behind this port does not respond: ${message}`);
  });
  response.once('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function respond(response: ServerResponse, status: number, line: string): void {
  // Closes the connection, so that the request's body need not be read.
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${line}\n`);
}

/** Returns the `rawHeaders` to forward, with their names, values and order unchanged. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !hopByHop.includes(rawHeaders[index - (index % 2)]?.toLowerCase() ?? ''));
}
