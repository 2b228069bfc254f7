import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where fetched tools are kept, for all clones of this user. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'etl-orchestrator');
}
