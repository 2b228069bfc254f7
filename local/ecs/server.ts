import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { EcsError } from './errors';
import type { Handle } from './handle';
import { type Answer, answerOf, answerOfError, contentType, parseBody, parseTarget } from './wire';

const maxBodyBytes = 1024 * 1024;

/** An HTTP server that speaks ECS's protocol and knows nothing of ECS. Not listening yet. */
export function createEcsServer(handle: Handle, allowedHosts: readonly string[]): Server {
  return createServer((request, response) => {
    void answerTo(request, handle, allowedHosts).then(({ status, body }) => {
      response.writeHead(status, {
        'content-type': contentType,
        'content-length': Buffer.byteLength(body),
        'x-amzn-requestid': randomUUID(),
      });
      response.end(body);
    });
  });
}

async function answerTo(request: IncomingMessage, handle: Handle, allowedHosts: readonly string[]): Promise<Answer> {
  try {
    checkSender(request, allowedHosts);
    const operation = parseTarget(request.headers['x-amz-target']);
    const input = parseBody(await readBody(request));
    return answerOf(await handle(operation, input));
  } catch (error) {
    return answerOfError(error);
  }
}

/** What starts programs must not be reachable from a web page: neither directly nor by a name that points here. */
function checkSender({ method, headers }: IncomingMessage, allowedHosts: readonly string[]): void {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (!allowedHosts.includes(host) || headers.origin !== undefined) {
    throw new EcsError('AccessDeniedException', 'Only programs on this machine are answered.');
  }
  if (method !== 'POST' || !(headers['content-type'] ?? '').startsWith(contentType)) {
    throw new EcsError('UnknownOperationException', `Send POST requests of type ${contentType}.`);
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
