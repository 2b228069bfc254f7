import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { getFreePort } from '../../local/temporal/freePort';
import { bridgeAddress, removeContainers } from './docker';

export interface Ministack {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts ministack (the executable in ETL_TEST_MINISTACK) on a free port; returns when it answers. It listens on Docker's
 * bridge instead of 127.0.0.1: the containers of its tasks call it. `stop` ends it and removes its containers.
 */
export async function startMinistack(): Promise<Ministack> {
  const program = process.env.ETL_TEST_MINISTACK;
  if (!program) throw new Error('ETL_TEST_MINISTACK is not set: give the path of ministack');
  const [host, port] = [await bridgeAddress(), await getFreePort()];
  const name = `etl-test-${process.pid}`;
  const server = spawn(program, [], {
    stdio: 'ignore',
    env: {
      ...process.env,
      BIND_HOST: host,
      GATEWAY_PORT: String(port),
      // A container's host name is its id: by this one it would look for itself in Docker.
      HOSTNAME: '',
      // Its containers are labelled with it.
      MINISTACK_HOSTNAME: name,
      // Its patience with Docker, in seconds.
      MINISTACK_DOCKER_TIMEOUT: '60',
      SERVICES: 'ecs,ecs-metadata,s3,sns,sqs',
      IOT_MTLS_ENABLED: '0',
    },
  });
  let failure: Error | undefined;
  server.once('error', (error) => {
    failure = error;
  });
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      kill();
      await ended;
    }
    await removeContainers(`ministack.instance=${name}:${port}`);
  };
  const endpoint = `http://${host}:${port}`;
  for (let tries = 0; tries < 300 && failure === undefined && server.exitCode === null; tries++) {
    if (await answers(endpoint)) return { endpoint, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} does not answer on ${endpoint}`, { cause: failure });
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}
