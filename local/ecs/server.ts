import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { ConnectionCut, EcsError } from './errors';
import type { Handle } from './handle';
import { type Answer, answerOf, answerOfError, contentType, parseBody, parseTarget } from './wire';

const maxBodyBytes = 1024 * 1024;

export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What the server answers besides ECS's protocol; undefined for what is not its own. */
export type Route = (request: PlainRequest) => Promise<Answer | undefined>;

/** An HTTP server that speaks ECS's protocol and knows nothing of ECS. Not listening yet. */
export function createEcsServer(handle: Handle, routes: readonly Route[], allowedHosts: readonly string[]): Server {
  const server = createServer((request, response) => {
    void answerTo(request, handle, routes, allowedHosts).then((answer) => {
      if (answer === 'cut') {
        request.socket.destroy();
        return;
      }
      const { status, body, type = contentType } = answer;
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'x-amzn-requestid': randomUUID(),
        // Kept open, it would keep a server from closing.
        ...(!server.listening && { connection: 'close' }),
      });
      response.end(body);
    });
  });
  return server;
}

async function answerTo(
  request: IncomingMessage,
  handle: Handle,
  routes: readonly Route[],
  allowedHosts: readonly string[],
): Promise<Answer | 'cut'> {
  try {
    checkSender(request, allowedHosts);
    const { method = '', url: path = '', headers } = request;
    const body = await readBody(request);
    for (const route of routes) {
      const answer = await route({ method, path, body });
      if (answer) return answer;
    }
    if (method !== 'POST' || !(headers['content-type'] ?? '').startsWith(contentType)) {
      throw new EcsError('UnknownOperationException', `Send POST requests of type ${contentType}.`);
    }
    return answerOf(await handle(parseTarget(headers['x-amz-target']), parseBody(body)));
  } catch (error) {
    return error instanceof ConnectionCut ? 'cut' : answerOfError(error);
  }
}

/** What starts programs must not be reachable from a web page: neither directly nor by a name that points here. */
function checkSender({ headers }: IncomingMessage, allowedHosts: readonly string[]): void {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (!allowedHosts.includes(host) || headers.origin !== undefined) {
    throw new EcsError('AccessDeniedException', 'Only programs on this machine are answered.');
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
