import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { portFindings } from '@etl/pipeline/causes/temporal';

/** Address and TLS settings of a Temporal server. */
export interface Port {
  /** `host:port`, or a host alone. */
  readonly address: string;
  readonly tls: boolean;
  /** PEM of the certificate authority. @default the authorities of Node.js */
  readonly ca?: Buffer | undefined;
}

const defaultPort = 7233;
const timeoutMs = 3000;
/** The client's connection preface of HTTP/2 and an empty SETTINGS frame. @see RFC 9113, sections 3.4 and 6.5 */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const settingsFrame = 4;

/**
 * Diagnoses why a server cannot be reached, because Temporal's client reports only an exceeded deadline. Returns the
 * connection's error, or an error with one of the `portFindings`; undefined when the server speaks HTTP/2.
 */
export async function diagnosePort(port: Port): Promise<Error | undefined> {
  let socket: Socket | undefined;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    socket = open(port);
    await once(socket, port.tls ? 'secureConnect' : 'connect', { signal });
    socket.write(preface);
    const [first] = (await Promise.race([once(socket, 'data', { signal }), untilClosed(socket, signal)])) as [Buffer?];
    return classifyReply(first);
  } catch (error) {
    if ((error as Error).name !== 'AbortError') return error as Error;
    return socket?.connecting ? timeoutError(port.address) : portError(portFindings.silent);
  } finally {
    socket?.destroy();
  }
}

function open({ address, tls, ca }: Port): Socket {
  const [, host = address, port] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  const where = { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? defaultPort : Number(port) };
  if (!tls) return connect(where);
  const servername = isIP(where.host) ? {} : { servername: where.host };
  return connectTls({ ...where, ...servername, ...(ca && { ca }), ALPNProtocols: ['h2'] });
}

/**
 * Resolves when the server closes the connection. A server that expects TLS closes a plaintext connection or answers
 * with an alert.
 */
async function untilClosed(socket: Socket, signal: AbortSignal): Promise<[]> {
  await once(socket, 'close', { signal });
  return [];
}

function classifyReply(first: Buffer | undefined): Error | undefined {
  if (first === undefined) return portError(portFindings.tls);
  if (first[3] === settingsFrame) return undefined;
  return portError(first.toString('latin1', 0, 5) === 'HTTP/' ? portFindings.http : portFindings.tls);
}

const portError = (code: string): Error => Object.assign(new Error(code), { code });
const timeoutError = (address: string): Error =>
  Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT', address });
