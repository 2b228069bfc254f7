import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { variables } from '../../config/environment';
import { localPlaces } from '../../local/system/localPlaces';

/** Variables that apply to both sides and do not refer to an account. */
const kept = [
  ...['ETL_STATE_DIR', 'ETL_DATASETS', 'ETL_TIME_SCALE', 'ETL_POLL_SECONDS', 'ETL_SHUTDOWN_GRACE_SECONDS'],
  ...['ETL_MESSAGE_LANGUAGE', 'LOG_LEVEL'],
];

/** Settings that run every file as an on-demand task of the task definition's size. */
const tasksAlone = { ETL_LIGHT_LANE: 'off', ETL_TASK_SIZE: 'definition', ETL_SPOT: 'false' } as const;

/**
 * Removes variables that refer to an existing account or server. Compared engines must not launch tasks in a cluster,
 * publish to topics, or share a task queue with another running worker.
 */
export function forgetAccount(env: NodeJS.ProcessEnv): void {
  const ours = Object.keys(variables).filter((name) => !kept.includes(name));
  const theirs = Object.keys(env).filter((name) => name.startsWith('TEMPORAL_') || name.startsWith('AWS_ENDPOINT_URL'));
  for (const name of [...ours, ...theirs]) delete env[name];
  // The state machine has one task without a routing policy. The workflow must do the same.
  Object.assign(env, tasksAlone, localPlaces(env));
  // The Temporal CLI's profile file may name a server too. A missing file is not an error, but an empty one is.
  env.TEMPORAL_CONFIG_FILE = join(tmpdir(), randomUUID());
}
