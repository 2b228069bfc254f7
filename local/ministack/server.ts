import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeScratchFolder, removeScratchFolder } from '@etl/storage/scratchFolder';
import { addressForContainers } from '../docker/bridge';
import { removeContainers } from '../docker/containers';
import { getFreePort } from '../freePort';

/** What ministack accepts, and the SDK wants. */
export const standInCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };
export const standInRegion = 'us-east-1';

export interface MinistackSettings {
  /** The program: findMinistack. */
  readonly program: string;
  /** Of ministack's own names: `ecs`, `states`, … */
  readonly services: readonly string[];
  /** What it says goes here; unset: nowhere. */
  readonly logFile?: string;
  /** Shortens what Step Functions waits for: between attempts, and between two looks at a task, of which it makes 600. */
  readonly waitScale?: number;
  /** Is told the process as soon as there is one: long before it answers. */
  readonly onSpawn?: (pid: number) => void;
  readonly signal?: AbortSignal;
}

export interface Ministack {
  readonly endpoint: string;
  readonly pid: number;
  /** Ends it, its functions and its containers. Throws `DockerError` for containers that cannot be removed. */
  stop(): Promise<void>;
}

/** It could not be started. */
export class MinistackError extends Error {
  override readonly name = 'MinistackError';
}

const startSeconds = 30;

/**
 * Starts ministack on a free port; returns when it answers. It listens on Docker's bridge instead of 127.0.0.1, where there
 * is one: the containers of its tasks call it. Throws `MinistackError` and `DockerError`.
 */
export async function startMinistack(settings: MinistackSettings): Promise<Ministack> {
  const host = await addressForContainers();
  const port = await getFreePort(host);
  settings.signal?.throwIfAborted();
  const endpoint = `http://${host}:${port}`;
  const name = `etl-${randomUUID()}`;
  const log = settings.logFile === undefined ? undefined : await open(settings.logFile, 'a');
  const folder = await makeScratchFolder(tmpdir(), 'ministack');
  const output = log?.fd ?? 'ignore';
  const server = spawn(settings.program, [], {
    stdio: ['ignore', output, output],
    // Its functions are processes of its group, and Ctrl-C is for who started it.
    detached: true,
    env: environment(settings, { host, port, name, folder }),
  });
  let failure: Error | undefined;
  // Before anything is awaited: a program that is not there is told in the next turn.
  server.once('error', (error) => {
    failure = error;
  });
  if (server.pid !== undefined) settings.onSpawn?.(server.pid);
  const kill = () => killGroup(server);
  process.once('exit', kill);
  const end = async () => {
    process.off('exit', kill);
    await ended(server, kill);
    await removeScratchFolder(folder);
  };
  const stop = async () => {
    await end();
    await removeContainers(`ministack.instance=${name}:${port}`);
  };
  try {
    await log?.close();
    for (let tries = 0; tries < startSeconds * 10 && failure === undefined && server.exitCode === null; tries++) {
      if (await answers(endpoint)) return { endpoint, pid: server.pid ?? -1, stop };
      await sleep(100, undefined, settings.signal && { signal: settings.signal });
    }
  } catch (error) {
    await end();
    throw error;
  }
  // It has not been asked for a container yet.
  await end();
  const why = failure?.message ?? (server.exitCode === null ? `in ${startSeconds} s` : `it ended: ${server.exitCode}`);
  throw new MinistackError(`${settings.program} does not answer on ${endpoint}: ${why}`, { cause: failure });
}

interface Identity {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly folder: string;
}

function environment(settings: MinistackSettings, { host, port, name, folder }: Identity): NodeJS.ProcessEnv {
  // Whoever starts it may speak to the real AWS: it hands these on to functions.
  const others = Object.entries(process.env).filter(([key]) => !key.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    // Functions run on the Node that runs this.
    PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
    BIND_HOST: host,
    GATEWAY_PORT: String(port),
    // A container's host name is its id: by this one it would look for itself in Docker.
    HOSTNAME: '',
    // Its containers are labelled with it.
    MINISTACK_HOSTNAME: name,
    // Its patience with Docker, in seconds.
    MINISTACK_DOCKER_TIMEOUT: '60',
    SERVICES: settings.services.join(','),
    SFN_WAIT_SCALE: String(settings.waitScale ?? 1),
    IOT_MTLS_ENABLED: '0',
    // It keeps the code of functions there, and leaves it behind.
    TMPDIR: folder,
  };
}

async function ended(server: ChildProcess, kill: () => void): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return kill();
  const exit = once(server, 'exit');
  kill();
  await exit;
}

/** Also after its own end: a function may be left. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left
  }
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}
