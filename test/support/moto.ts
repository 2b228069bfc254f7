import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto's server (the executable in ETL_TEST_MOTO) on a free port; returns when it answers. */
export async function startMoto(): Promise<Moto> {
  const program = process.env.ETL_TEST_MOTO;
  if (!program) throw new Error('ETL_TEST_MOTO is not set: give the path of moto_server');
  const port = await freePort();
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  let failure: Error | undefined;
  server.once('error', (error) => {
    failure = error;
  });
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    kill();
    await ended;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries++) {
    if (failure ?? server.exitCode !== null) break;
    if (await answers(endpoint)) {
      const front = await oneAtATime(endpoint);
      return { endpoint: front.endpoint, stop: () => front.close().then(stop) };
    }
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} does not answer on ${endpoint}`, { cause: failure });
}

/**
 * A server before moto's that lets conditional writes through one by one: moto looks and writes in two steps, between which
 * another thread of it may write, and S3 does not.
 */
async function oneAtATime(endpoint: string): Promise<{ endpoint: string; close(): Promise<void> }> {
  const { hostname, port } = new URL(endpoint);
  let turn: Promise<unknown> = Promise.resolve();
  const server = createHttpServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const forward = (): Promise<void> =>
      new Promise((resolve) => {
        outgoing.once('close', resolve);
        const onwards = request({ hostname, port, method, path, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.on('error', () => outgoing.destroy()).pipe(outgoing);
        });
        onwards.on('error', () => outgoing.destroy());
        outgoing.once('close', () => onwards.destroy());
        incoming.pipe(onwards);
      });
    if (headers['if-none-match'] === undefined) void forward();
    else turn = turn.then(forward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { endpoint: `http://127.0.0.1:${address.port}`, close };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
