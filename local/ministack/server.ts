import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeScratchFolder, removeScratchFolder } from '@etl/storage/scratchFolder';
import { addressForContainers } from '../docker/bridge';
import { removeContainers } from '../docker/containers';
import { openGate } from '../gate/gate';
import { reserveUnreachablePort } from '../gate/unreachablePorts';

/** Credentials that ministack accepts and the SDK requires. */
export const standInCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };
export const standInRegion = 'us-east-1';

export interface MinistackSettings {
  /** Path of the program, from `findMinistack`. */
  readonly program: string;
  /** ministack's service names: `ecs`, `states`, … */
  readonly services: readonly string[];
  /** Receives ministack's output. @default discarded */
  readonly logFile?: string;
  /**
   * Scales the waits of Step Functions: between attempts, and between polls of a task, of which it makes 600.
   * @default 1
   */
  readonly waitScale?: number;
  /** Called once the process is spawned, long before the server responds. */
  readonly onSpawn?: (pid: number) => void;
  readonly signal?: AbortSignal;
}

export interface Ministack {
  readonly endpoint: string;
  readonly pid: number;
  /**
   * Stops the server, its functions and its containers.
   * @throws DockerError if containers cannot be removed
   */
  stop(): Promise<void>;
}

/** ministack could not be started. */
export class MinistackError extends Error {
  override readonly name = 'MinistackError';
}

const startSeconds = 30;

/**
 * Starts ministack and returns once it responds. It answers every web page and commands Docker, so it listens on
 * 127.0.0.1, on a port that browsers do not connect to. If there is a Docker bridge, the containers of its tasks reach
 * it through a gate on the bridge, under the same port.
 * @throws MinistackError and DockerError
 */
export async function startMinistack(settings: MinistackSettings): Promise<Ministack> {
  const bridge = await addressForContainers();
  settings.signal?.throwIfAborted();
  const log = settings.logFile === undefined ? undefined : await open(settings.logFile, 'a');
  const { port, close } = await openPort(bridge);
  const endpoint = `http://${bridge}:${port}`;
  const name = `etl-${randomUUID()}`;
  const folder = await makeScratchFolder(tmpdir(), 'ministack');
  const output = log?.fd ?? 'ignore';
  const server = spawn(settings.program, [], {
    stdio: ['ignore', output, output],
    // Its functions share its process group, and Ctrl-C is for the parent.
    detached: true,
    env: environment(settings, { port, name, folder }),
  });
  let failure: Error | undefined;
  // Before the first await: a missing program is reported in the next turn of the event loop.
  server.once('error', (error) => {
    failure = error;
  });
  if (server.pid !== undefined) settings.onSpawn?.(server.pid);
  const kill = () => killGroup(server);
  process.once('exit', kill);
  const end = async () => {
    process.off('exit', kill);
    await ended(server, kill);
    await close();
    await removeScratchFolder(folder);
  };
  const stop = async () => {
    await end();
    await removeContainers(`ministack.instance=${name}:${port}`);
  };
  try {
    await log?.close();
    for (
      let attempts = 0;
      attempts < startSeconds * 10 && failure === undefined && server.exitCode === null;
      attempts++
    ) {
      if (await responds(endpoint)) return { endpoint, pid: server.pid ?? -1, stop };
      await sleep(100, undefined, settings.signal && { signal: settings.signal });
    }
  } catch (error) {
    await end();
    throw error;
  }
  // It has not started a container yet.
  await end();
  const why =
    failure?.message ?? (server.exitCode === null ? `within ${startSeconds} s` : `it exited: ${server.exitCode}`);
  throw new MinistackError(`${settings.program} does not respond on ${endpoint}: ${why}`, { cause: failure });
}

/** Reserves a port for ministack and opens the gate to it for containers. */
async function openPort(bridge: string): Promise<{ readonly port: number; close(): Promise<void> }> {
  const loopback = '127.0.0.1';
  const reserved = await reserveUnreachablePort([...new Set([loopback, bridge])]);
  if (!reserved) throw new MinistackError('All ports that browsers cannot reach are in use: stop another local system');
  const { port, release } = reserved;
  if (bridge === loopback) return { port, close: release };
  try {
    const hosts = [bridge, 'host.docker.internal'].map((name) => `${name}:${port}`);
    const gate = await openGate({ host: bridge, port, target: { host: loopback, port }, hosts });
    return { port, close: async () => void (await Promise.all([gate.close(), release()])) };
  } catch (error) {
    await release();
    throw error;
  }
}

interface Identity {
  readonly port: number;
  readonly name: string;
  readonly folder: string;
}

function environment(settings: MinistackSettings, { port, name, folder }: Identity): NodeJS.ProcessEnv {
  // The caller may have real AWS credentials, which ministack would pass on to functions.
  const others = Object.entries(process.env).filter(([key]) => !key.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    // Functions run on the same Node.
    PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    // ministack would look up a container with this host name in Docker, because a container's host name is its ID.
    HOSTNAME: '',
    // Its containers carry this label.
    MINISTACK_HOSTNAME: name,
    // Timeout of its Docker calls, in seconds.
    MINISTACK_DOCKER_TIMEOUT: '60',
    SERVICES: settings.services.join(','),
    SFN_WAIT_SCALE: String(settings.waitScale ?? 1),
    IOT_MTLS_ENABLED: '0',
    // It stores the code of functions there and does not remove it.
    TMPDIR: folder,
  };
}

async function ended(server: ChildProcess, kill: () => void): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return kill();
  const exit = once(server, 'exit');
  kill();
  await exit;
}

/** Also after the server's own exit: a function may still run. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // the group has exited
  }
}

/** Does not use `fetch`, which refuses these ports like a browser. */
function responds(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(`${endpoint}/_ministack/health`, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}
