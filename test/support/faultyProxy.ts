import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/**
 * Fault of one request. `answer`: the proxy answers. `loseAnswer`: the request arrives, but its answer is lost.
 * `stall`: the answer stops after a number of bytes, for a time or forever.
 */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'resetBefore' }
  | { readonly kind: 'loseAnswer' }
  | { readonly kind: 'cutAfter'; readonly bytes: number }
  | { readonly kind: 'stall'; readonly bytes: number; readonly ms?: number };

export const noFault: Fault = { kind: 'none' };

/** Returns a rejection by S3 with a status and a code. */
export const refusal = (status: number, code: string): Fault => {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected fault</Message></Error>`;
  return { kind: 'answer', status, body };
};

/** Decides on every request; a pending promise delays the request. `outgoing` closes when the request is over. */
export type Decide = (incoming: IncomingMessage, outgoing: ServerResponse) => Fault | Promise<Fault>;

export interface FaultyProxy {
  readonly endpoint: string;
  /** `GET /bucket/key`, in order of arrival. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Starts an HTTP proxy that injects faults. `amend` corrects bodies that the upstream server gets wrong. */
export async function startFaultyProxy(
  endpoint: string,
  decide: Decide,
  amend: (incoming: IncomingMessage, body: Buffer) => Buffer = (_, body) => body,
): Promise<FaultyProxy> {
  const { hostname, port } = new URL(endpoint);
  const requests: string[] = [];
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault) => {
    const { method, url: path, headers } = incoming;
    const onwards = request({ hostname, port, method, path, headers }, async (answer) => {
      try {
        const pieces: Buffer[] = [];
        for await (const piece of answer) pieces.push(piece as Buffer);
        deliver(incoming, answer, amend(incoming, Buffer.concat(pieces)), outgoing, fault);
      } catch {
        outgoing.destroy();
      }
    });
    onwards.on('error', () => outgoing.destroy());
    outgoing.once('close', () => onwards.destroy());
    incoming.pipe(onwards);
  };
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    void (async () => {
      const fault = await decide(incoming, outgoing);
      if (fault.kind === 'resetBefore') return void incoming.socket.destroy();
      if (fault.kind !== 'answer') return forward(incoming, outgoing, fault);
      incoming.resume();
      await once(incoming, 'end');
      outgoing.writeHead(fault.status, { 'content-type': 'application/xml' }).end(fault.body);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
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

function deliver(
  incoming: IncomingMessage,
  answer: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
  fault: Fault,
): void {
  if (fault.kind === 'loseAnswer') return void outgoing.destroy();
  // The content length of a HEAD response describes a body that does not follow.
  const headers = incoming.method === 'HEAD' ? answer.headers : { ...answer.headers, 'content-length': body.length };
  outgoing.writeHead(answer.statusCode ?? 502, headers);
  if (fault.kind !== 'cutAfter' && fault.kind !== 'stall') return void outgoing.end(body);
  outgoing.flushHeaders();
  outgoing.write(body.subarray(0, fault.bytes), () => {
    if (fault.kind === 'cutAfter') setTimeout(() => outgoing.destroy(), 20);
    else if (fault.ms !== undefined) setTimeout(() => outgoing.end(body.subarray(fault.bytes)), fault.ms);
  });
}
