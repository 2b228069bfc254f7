import { temporalOptions } from '../../config/connection';
import { type LocalSystemEntry, sharedVariables } from './localSystems';
import { ownServerVariables } from './parts';
import type { LocalSystem } from './system';

/**
 * Returns the namespace of a local system. A profile's namespace belongs to another server and does not apply to a
 * server of the local system.
 */
export function systemNamespace(env: NodeJS.ProcessEnv = process.env): string {
  return env.TEMPORAL_ADDRESS ? temporalOptions().namespace : env.TEMPORAL_NAMESPACE || 'default';
}

/** Returns the entry of a running system for other commands. */
export function entryOf(
  { temporal, ui, ecs, pids }: LocalSystem,
  stateDir: string,
  namespace: string,
): Pick<LocalSystemEntry, 'stateDir' | 'temporal' | 'ui' | 'ecs' | 'environment'> {
  const isOwnServer = pids().temporal !== null;
  const shared = sharedVariables.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const environment = {
    ETL_STATE_DIR: stateDir,
    TEMPORAL_ADDRESS: temporal,
    TEMPORAL_NAMESPACE: namespace,
    ...(isOwnServer && ownServerVariables({ stateDir, namespace })),
    ...(ui !== undefined && { TEMPORAL_UI_URL: ui }),
    AWS_ENDPOINT_URL_ECS: ecs,
    ...(Object.fromEntries(shared) as Record<string, string>),
  };
  return { stateDir, temporal, ui, ecs, environment };
}
