import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { variables } from '../../config/environment';
import { localPlaces } from '../system/localPlaces';

/** Variables that apply to both sides and do not refer to an account. */
const kept = [
  ...['ETL_STATE_DIR', 'ETL_TIME_SCALE', 'ETL_POLL_SECONDS', 'ETL_SHUTDOWN_GRACE_SECONDS'],
  ...['ETL_MESSAGE_LANGUAGE', 'LOG_LEVEL'],
];

/** Every file is a task as the task definition says, on demand. */
const tasksAlone = { ETL_LIGHT_LANE: 'off', ETL_TASK_SIZE: 'definition', ETL_SPOT: 'false' } as const;

/**
 * Takes out of an environment what points to an account or a server of somebody's: two engines that are compared must
 * not launch in a cluster, write to topics, or share a task queue with a worker that happens to run.
 */
export function forgetAccount(env: NodeJS.ProcessEnv): void {
  const ours = Object.keys(variables).filter((name) => !kept.includes(name));
  const theirs = Object.keys(env).filter((name) => name.startsWith('TEMPORAL_') || name.startsWith('AWS_ENDPOINT_URL'));
  for (const name of [...ours, ...theirs]) delete env[name];
  // The machine has one task, which follows no routing policy: the workflow is to do the same.
  Object.assign(env, tasksAlone, localPlaces(env));
  // The Temporal CLI's own profile file may name a server too; one that is not there is no error, an empty one is.
  env.TEMPORAL_CONFIG_FILE = join(tmpdir(), randomUUID());
}
