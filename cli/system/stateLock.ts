import { join } from 'node:path';
import { tryLock } from '../../local/lockFile';
import { makeStateFolder } from '../../local/places';
import { CliError, cliExitCodes } from '../errors';

/** What a command that holds a state folder says about itself. */
export interface StateHolder {
  /** As the user knows it: `etl up`. */
  readonly command: string;
  readonly temporal: string;
  readonly ecs: string;
}

/**
 * Takes a state folder for this process: two systems in one folder would share a database. Returns what gives it back.
 * Throws `CliError`, which names the holder, when another process has it.
 */
export async function holdStateFolder(stateDir: string, self: StateHolder): Promise<() => Promise<void>> {
  makeStateFolder(stateDir);
  const lock = await tryLock(join(stateDir, 'up.lock'), self);
  if ('release' in lock) return lock.release;
  const { pid, since, facts } = lock.holder;
  throw new CliError(
    `${stateDir} is in use by \`${facts.command}\`: process ${pid} since ${since}, Temporal ${facts.temporal}, Fargate ${facts.ecs}`,
    `Use the system that is running, end it with Ctrl-C there or kill ${pid}, or set ETL_STATE_DIR to another folder`,
    cliExitCodes.unavailable,
  );
}
