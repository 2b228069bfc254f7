import type { ECSClient } from '@aws-sdk/client-ecs';
import { makeStateFolder } from '../places';
import { startGuard } from './guard';
import { keepRunning, type Supervisor } from './keepRunning';
import { ecsClient, registerTaskDefinition, startEndpoint, stopTasks } from './parts';
import type { SystemSettings } from './settings';

export interface LocalEndpoint {
  readonly url: string;
  readonly client: ECSClient;
  /** Stops the tasks, then the endpoint. */
  stop(): Promise<void>;
}

/**
 * Starts only the local Fargate endpoint, with the local task definition. When the start fails, everything that it
 * started is stopped.
 */
export async function startLocalEndpoint(
  settings: Pick<SystemSettings, 'stateDir' | 'ecsPort' | 'log'>,
): Promise<LocalEndpoint> {
  makeStateFolder(settings.stateDir);
  const guard = startGuard();
  let supervisor: Supervisor | undefined;
  const url = `http://127.0.0.1:${settings.ecsPort}`;
  const client = ecsClient(url);
  const stop = async (): Promise<void> => {
    if (supervisor) await stopTasks(client);
    await supervisor?.stop();
    client.destroy();
    guard.release();
  };
  try {
    const name = 'Fargate endpoint';
    supervisor = await keepRunning(
      name,
      () => startEndpoint(settings),
      settings.log,
      (pid) => guard.watch(name, pid),
    );
    await registerTaskDefinition(client);
    return { url, client, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
