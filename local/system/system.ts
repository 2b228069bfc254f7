import type { ECSClient } from '@aws-sdk/client-ecs';
import { deleteFaults, putFaults } from '@etl/fargate/faults/control';
import type { FaultPlan } from '@etl/fargate/faults/plan';
import { orAborted } from '@etl/lib/orAborted';
import { checkNamespace, connectClient } from '../../config/connection';
import { makeStateFolder } from '../places';
import { startGuard } from './guard';
import { keepRunning, type Supervisor } from './keepRunning';
import { ecsClient, findServer, registerTaskDefinition, startEndpoint, startWorker, stopTasks } from './parts';
import type { SystemSettings } from './settings';

export interface LocalSystem {
  readonly temporal: string;
  /** Address of the Web UI; undefined for a server without one, or when the user named the server, but not its UI. */
  readonly ui: string | undefined;
  readonly ecs: string;
  /** Returns the process IDs. `temporal` is null for a server that the user named. */
  pids(): { temporal: number | null; ecs: number; worker: number };
  /** Stops the worker, the tasks, the endpoint and the server, in this order. */
  stop(): Promise<void>;
}

/**
 * Checks the server that the user named.
 *
 * @throws {TemporalConnectionError} when it does not answer, or does not have the namespace.
 */
async function checkServer(): Promise<void> {
  const { connection, namespace } = await connectClient();
  try {
    await checkNamespace(connection, namespace);
  } finally {
    await connection.close();
  }
}

/**
 * Starts Temporal (unless TEMPORAL_ADDRESS names a server), the local Fargate endpoint and a worker, and keeps them
 * running. When one of them fails to start, or the signal aborts, stops those already started and throws.
 */
export async function startSystem(settings: SystemSettings): Promise<LocalSystem> {
  const { signal } = settings;
  makeStateFolder(settings.stateDir);
  const guard = startGuard();
  const parts: { server?: Supervisor; endpoint?: Supervisor; worker?: Supervisor } = {};
  const startPart = (name: string, start: Parameters<typeof keepRunning>[1]): Promise<Supervisor> =>
    keepRunning(name, start, settings.log, (pid) => {
      guard.watch(name, pid);
      settings.onPart?.(name, pid);
    });
  const ecs = `http://127.0.0.1:${settings.ecsPort}`;
  let client: ECSClient | undefined;
  let faults: FaultPlan | undefined;
  const stop = async (): Promise<void> => {
    const steps: (() => Promise<unknown> | undefined)[] = [
      () => parts.worker?.stop(),
      // A fault plan must not delay the shutdown.
      () => client && deleteFaults(ecs).catch(() => undefined),
      () => client && stopTasks(client),
      () => parts.endpoint?.stop(),
      () => parts.server?.stop(),
    ];
    for (const step of steps) {
      await step()?.catch((error: Error) => settings.log(`Error while stopping: ${error.message}`));
    }
    guard.release();
  };
  try {
    const named = process.env.TEMPORAL_ADDRESS;
    const temporal = named || `127.0.0.1:${settings.temporalPort}`;
    let ui = process.env.TEMPORAL_UI_URL;
    signal.throwIfAborted();
    if (named) await orAborted(checkServer(), signal);
    else {
      const { start, hasUi } = await findServer(settings);
      parts.server = await startPart('Temporal server', start);
      ui = hasUi ? `http://127.0.0.1:${settings.uiPort}` : undefined;
    }
    parts.endpoint = await startPart('Fargate endpoint', () => startEndpoint(settings, faults));
    client = ecsClient(ecs);
    await orAborted(registerTaskDefinition(client), signal);
    faults = settings.faults; // a restarted endpoint begins the plan again
    if (faults) await orAborted(putFaults(ecs, faults), signal);
    const { endpoint, server } = parts;
    const worker = await startPart('worker', () => startWorker(settings, { temporal, ownServer: !named, ui, ecs }));
    parts.worker = worker;
    const pids = () => ({ temporal: server?.pid() ?? null, ecs: endpoint.pid(), worker: worker.pid() });
    return { temporal, ui, ecs, pids, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
