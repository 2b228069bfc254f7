import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '@etl/lib/processIdentity';
import { serverException } from './api/errors';
import { createCallCounts } from './http/callCounts';
import type { Context } from './http/context';
import { ecsRetention, expire } from './http/expiry';
import { createHandle, type Handle } from './http/handle';
import { type EndpointHooks, noHooks } from './http/hooks';
import { createMetadataRoute } from './http/metadata';
import { withRateLimits } from './http/rateLimits';
import { createEcsServer } from './http/server';
import type { Images } from './run/images';
import { createLauncher, supervisorPath } from './run/launcher';
import { signal } from './run/processes';
import { createClusterStore } from './state/clusterStore';
import { createDefinitionStore } from './state/definitionStore';
import type { TaskState, Timings } from './state/records';
import { createSecretStore } from './state/secretStore';
import { createTaskStore } from './state/taskStore';
import { createTokenStore } from './state/tokenStore';

export { taskLogPath } from './state/taskStore';

export interface EcsEndpointOptions {
  /** 0 selects any free port. */
  readonly port: number;
  /** Folder of tasks, definitions and tokens. An existing state is resumed. */
  readonly stateDir: string;
  readonly images: Images;
  readonly clusters: readonly string[];
  readonly timings?: Partial<Timings>;
  /** Retention of stopped tasks. @default one hour */
  readonly stoppedTaskSeconds?: number | undefined;
  /** Longest retention of a client token. @default 24 hours */
  readonly tokenSeconds?: number | undefined;
  /** `false` disables rate limits; a number scales ECS's limits. @default ECS's own limits */
  readonly rateLimits?: number | false | undefined;
  /** What to insert into the endpoint's work. @default nothing */
  readonly hooks?: EndpointHooks | undefined;
  /** The host's environment. Tasks receive a small part of it (docs/local-fargate.md). */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface EcsEndpoint {
  readonly url: string;
  readonly port: number;
  /** Closes the endpoint and leaves the tasks running. */
  close(): Promise<void>;
  /**
   * Stops every task like StopTask and resolves once their programs have exited. From this call on, new tasks are
   * refused.
   */
  stopAllTasks(reason: string): Promise<void>;
}

const defaultTimings: Timings = { provisioningMs: 50, pendingMs: 50, deprovisioningMs: 50 };
const host = '127.0.0.1';
const sweepMs = 1000;
/** Longest interval between deletions of expired tasks' folders. Expired tasks are invisible at once. */
const longestExpiryMs = 60_000;
/** Time beyond the stop timeout for a supervisor to see its program exit. */
const supervisorSlackMs = 10_000;

/** Starts the local Fargate. Rejects with EADDRINUSE if the port is in use. */
export async function startEcsEndpoint(options: EcsEndpointOptions): Promise<EcsEndpoint> {
  if (!existsSync(supervisorPath())) {
    throw new Error('The supervisor of the local Fargate is missing: run npm run build');
  }
  // The port is known once the server listens, and no task is launched earlier.
  const url = (): string => `http://${host}:${(server.address() as AddressInfo).port}`;
  const context = await createContext(options, () => `${url()}/v4`);
  const closing = new AbortController();
  let isStopping = false;
  const handle = createHandle(context);
  const guarded: Handle = async (operation, input) => {
    if (isStopping && operation === 'RunTask') throw serverException('The endpoint is stopping all tasks.');
    return handle(operation, input);
  };
  const { rateLimits = 1, hooks = noHooks } = options;
  const limited = rateLimits === false ? guarded : withRateLimits(guarded, Date.now, rateLimits);
  const calls = createCallCounts();
  const counted = calls.counted(hooks.around(limited, context.tasks, closing.signal));
  const routes = [...hooks.routes, calls.route, createMetadataRoute(context.tasks.read, Date.now)];
  const server = createEcsServer(counted, routes, hooks.clockSkew(context.tasks));
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(options.port, host, done);
  });
  // Only after the port is bound: an endpoint that is already running owns the tasks.
  try {
    await resumeTasks(context);
  } catch (error) {
    server.close();
    throw error;
  }
  const sweeper = setInterval(() => void context.launcher.sweep().catch(() => undefined), sweepMs);
  sweeper.unref();
  const expiryMs = Math.min(longestExpiryMs, context.retention.stoppedTaskMs);
  const cleaner = setInterval(() => void expire(context).catch(() => undefined), expiryMs);
  cleaner.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: url(),
    port,
    async close() {
      clearInterval(sweeper);
      clearInterval(cleaner);
      closing.abort();
      context.launcher.close();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeIdleConnections();
      });
    },
    async stopAllTasks(reason) {
      isStopping = true;
      // Repeats, because a RunTask may have been in progress.
      for (let live = await liveTasks(context); live.length > 0; live = await liveTasks(context)) {
        await Promise.all(live.map((state) => stopTask(context, state, reason)));
      }
    },
  };
}

async function createContext(options: EcsEndpointOptions, metadataRoot: () => string): Promise<Context> {
  const { stateDir, images, clusters, timings, env, stoppedTaskSeconds, tokenSeconds, hooks = noHooks } = options;
  const root = resolve(stateDir);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const tasks = createTaskStore(root);
  return {
    clusters: createClusterStore(root, clusters),
    definitions: createDefinitionStore(root),
    tasks,
    tokens: createTokenStore(root),
    launcher: createLauncher(tasks, createSecretStore(root), env ?? process.env, metadataRoot),
    images,
    timings: { ...defaultTimings, ...timings },
    retention: {
      stoppedTaskMs: stoppedTaskSeconds === undefined ? ecsRetention.stoppedTaskMs : stoppedTaskSeconds * 1000,
      tokenMs: tokenSeconds === undefined ? ecsRetention.tokenMs : tokenSeconds * 1000,
    },
    arrange: hooks.arrange,
    now: Date.now,
  };
}

/**
 * Launches tasks that an earlier endpoint recorded but did not launch, and settles tasks that have lost their
 * supervisor.
 */
async function resumeTasks({ tasks, tokens, launcher }: Context): Promise<void> {
  for (const key of await tokens.keys()) {
    const reservation = await tokens.find(key);
    for (const record of reservation?.tasks ?? []) await launcher.resume(record);
  }
  for (const id of await tasks.ids()) {
    const state = await tasks.read(id);
    if (state) await launcher.resume(state.record);
  }
}

async function liveTasks({ tasks, launcher }: Context): Promise<TaskState[]> {
  const states = await Promise.all((await tasks.ids()).map((id) => launcher.observe(id)));
  return states.flatMap((state) => (state && !state.end ? [state] : []));
}

/** Stops a task. Rejects if neither the supervisor nor its death ends the task. */
async function stopTask({ tasks, launcher }: Context, { record }: TaskState, reason: string): Promise<void> {
  await tasks.stop(record.id, { stopCode: 'UserInitiated', reason, at: Date.now() });
  const timeouts = record.containers.map(({ stopTimeoutSeconds }) => stopTimeoutSeconds * 1000);
  const deadline = Date.now() + Math.max(...timeouts) + supervisorSlackMs;
  while (!(await launcher.observe(record.id))?.end) {
    const supervisor = await tasks.supervisor(record.id);
    if (Date.now() > deadline && supervisor && isAlive(supervisor)) signal(supervisor.pid, 'SIGKILL');
    if (Date.now() > deadline + supervisorSlackMs) throw new Error(`Task ${record.id} cannot be stopped`);
    await delay(50);
  }
}
