import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns the folder of fetched tools, which all clones of this user share. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'etl-orchestrator');
}
