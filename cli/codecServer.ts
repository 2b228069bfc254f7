import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { refusalOf } from '@etl/lib/admission';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { PayloadKeyError } from '../config/errors';

export interface CodecServerSettings {
  readonly codec: PayloadCodec;
  /** Origins of Web UIs, such as `http://127.0.0.1:8233`. Requests of other origins are rejected. */
  readonly origins: readonly string[];
}

/** Maximum size of a request in bytes. The Web UI sends the payloads of one page of history. */
const maxBodyBytes = 16 * 1024 * 1024;

class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Creates a server that decodes and encodes payloads for the Web UI and the `temporal` CLI. Any client that reaches it
 * can read what it decrypts, so it is meant to listen only on the loopback interface. It rejects requests that name
 * another host, and requests of pages from other origins.
 *
 * @see https://docs.temporal.io/codec-server
 */
export function createCodecServer({ codec, origins }: CodecServerSettings): Server {
  return createServer((request, response) => {
    answer(request, codec, origins)
      .then((body) => reply(response, 200, allowed(request), body))
      .catch((error: Error) => {
        const known = error instanceof RequestError ? error.status : error instanceof PayloadKeyError ? 400 : 500;
        const isRefused = known === 403;
        reply(response, known, isRefused ? {} : allowed(request), { error: error.message });
      });
  });
}

async function answer(request: IncomingMessage, codec: PayloadCodec, origins: readonly string[]): Promise<object> {
  const refusal = refusalOf(request, { origins });
  if (refusal !== undefined) throw new RequestError(403, `Forbidden: ${refusal}. Start the server with --ui`);
  if (request.method === 'OPTIONS') return {};
  if (request.method !== 'POST') throw new RequestError(405, 'Method not allowed: use POST');
  const [, work] = /^(?:\/[^/?]+)?\/(encode|decode)(?:\?|$)/.exec(request.url ?? '') ?? [];
  if (work !== 'encode' && work !== 'decode') throw new RequestError(404, 'Not found: use /encode or /decode');
  const payloads = readPayloads(await bodyOf(request));
  return { payloads: (await codec[work](payloads)).map(asJson) };
}

function allowed({ headers }: IncomingMessage): Record<string, string> {
  if (headers.origin === undefined) return {};
  return {
    'Access-Control-Allow-Origin': headers.origin,
    'Access-Control-Allow-Methods': 'POST, OPTIONS',
    'Access-Control-Allow-Headers': 'content-type, x-namespace, authorization, authorization-extras',
    'Access-Control-Allow-Private-Network': 'true',
    Vary: 'Origin',
  };
}

function reply(response: ServerResponse, status: number, headers: Record<string, string>, body: object): void {
  // The rest of a rejected request is not read.
  const after: Record<string, string> = status === 200 ? {} : { Connection: 'close' };
  response.writeHead(status, { ...headers, ...after, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new RequestError(413, `The body exceeds ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface JsonPayload {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: string;
}

/** Parses payloads in the JSON mapping of protocol buffers: bytes are in base64. */
function readPayloads(body: string): Payload[] {
  try {
    const { payloads = [] } = JSON.parse(body) as { payloads?: readonly JsonPayload[] };
    return payloads.map(({ metadata = {}, data = '' }) => ({
      metadata: mapValues(metadata, (value) => Buffer.from(value, 'base64')),
      data: Buffer.from(data, 'base64'),
    }));
  } catch {
    throw new RequestError(400, 'The body is not JSON of the form {"payloads": […]}');
  }
}

function asJson({ metadata, data }: Payload): JsonPayload {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return { metadata: mapValues(metadata ?? {}, base64), data: base64(data ?? new Uint8Array()) };
}

function mapValues<From, To>(object: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}

/** Returns the origins of a Web UI. A Web UI on this machine has two: both names of the loopback interface. */
export function originsOf(uiUrl: string): string[] {
  const { protocol, hostname, origin, port } = new URL(uiUrl);
  if (!['127.0.0.1', 'localhost'].includes(hostname)) return [origin];
  return ['127.0.0.1', 'localhost'].map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`);
}
