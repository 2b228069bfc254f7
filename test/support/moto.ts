import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { getFreePort } from '../../local/freePort';
import { type Decide, noFault, startFaultyProxy } from './faultyProxy';

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto (ETL_TEST_MOTO) on a free port and waits until it answers. `settings` are moto's own variables. */
export async function startMoto(settings: NodeJS.ProcessEnv = {}): Promise<Moto> {
  const program = process.env.ETL_TEST_MOTO;
  if (!program) throw new Error('ETL_TEST_MOTO is not set: give the path of moto_server');
  const port = await getFreePort();
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, ...settings },
  });
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
      const front = await startFaultyProxy(endpoint, oneAtATime(), withDates);
      return { endpoint: front.endpoint, stop: () => front.close().then(stop) };
    }
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} does not answer on ${endpoint}`, { cause: failure });
}

/**
 * Serializes conditional writes: moto checks and writes in two steps, and another of its threads may write in between.
 * S3 does both atomically.
 */
function oneAtATime(): Decide {
  let turn: Promise<unknown> = Promise.resolve();
  return (incoming, outgoing) => {
    if (incoming.headers['if-none-match'] === undefined) return noFault;
    const [mine, over] = [turn, once(outgoing, 'close')];
    turn = mine.then(() => over);
    return mine.then(() => noFault);
  };
}

/** Corrects the dates of uploads: moto reports that they began years ago, so young ones would count as old. */
function withDates({ method, url = '' }: IncomingMessage, body: Buffer): Buffer {
  if (method !== 'GET' || !/[?&]uploads\b/.test(url)) return body;
  const now = `<Initiated>${new Date(Date.now() - 1000).toISOString()}</Initiated>`;
  return Buffer.from(body.toString().replace(/<Initiated>[^<]*<\/Initiated>/g, now));
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}
