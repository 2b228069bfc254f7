import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { refusalOf } from '@etl/lib/admission';
import { ConnectionCut, EcsError, notAllowed } from '../api/errors';
import { contentType, errorResponse, type PlainResponse, parseBody, parseTarget, successResponse } from '../api/wire';
import type { Handle } from './handle';

const maxBodyBytes = 1024 * 1024;

export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Answers requests outside ECS's protocol. Returns undefined for requests of other routes. */
export type Route = (request: PlainRequest) => Promise<PlainResponse | undefined>;

/** Returns how far the server's clock is ahead in its response to a request, in milliseconds. */
export type ClockSkew = (operation: string, input: Record<string, unknown>) => Promise<number>;

const rightClock: ClockSkew = async () => 0;

/** Creates an HTTP server for ECS's protocol, independent of ECS's operations. The server does not listen yet. */
export function createEcsServer(handle: Handle, routes: readonly Route[], clockSkew = rightClock): Server {
  const server = createServer((request, response) => {
    void respond(request, handle, routes, clockSkew).then((reply) => {
      if (reply === 'cut') {
        request.socket.destroy();
        return;
      }
      const { status, body, type = contentType, skewMs = 0 } = reply;
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'x-amzn-requestid': randomUUID(),
        date: new Date(Date.now() + skewMs).toUTCString(),
        // An open keep-alive connection would keep the server from closing.
        ...(!server.listening && { connection: 'close' }),
      });
      response.end(body);
    });
  });
  return server;
}

async function respond(
  request: IncomingMessage,
  handle: Handle,
  routes: readonly Route[],
  clockSkew: ClockSkew,
): Promise<(PlainResponse & { readonly skewMs?: number }) | 'cut'> {
  let skewMs = 0;
  try {
    // A server that starts programs must not be reachable from a web page.
    const refusal = refusalOf(request);
    if (refusal !== undefined) throw notAllowed(`Request refused: ${refusal}.`);
    const { method = '', url: path = '', headers } = request;
    const body = await readBody(request);
    for (const route of routes) {
      const reply = await route({ method, path, body });
      if (reply) return reply;
    }
    if (method !== 'POST' || !(headers['content-type'] ?? '').startsWith(contentType)) {
      throw new EcsError('UnknownOperationException', `Send POST requests of type ${contentType}.`);
    }
    const [operation, input] = [parseTarget(headers['x-amz-target']), parseBody(body)];
    skewMs = await clockSkew(operation, input);
    return { ...successResponse(await handle(operation, input), skewMs), skewMs };
  } catch (error) {
    return error instanceof ConnectionCut ? 'cut' : { ...errorResponse(error), skewMs };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new EcsError('InvalidParameterException', 'The request is larger than 1 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
