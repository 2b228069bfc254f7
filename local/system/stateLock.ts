import { join } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { tryLock } from '../lockFile';
import { makeStateFolder } from '../places';

/** The command that holds a state folder. */
export interface StateHolder {
  /** Command as the user enters it: `etl up`. */
  readonly command: string;
  readonly temporal: string;
  readonly ecs: string;
}

/**
 * Locks a state folder for this process, because two systems in one folder would share a database. Returns a function
 * that releases it.
 *
 * @param downCommand command that stops a system of `etl up`, for the error
 * @throws {CliError} naming the holder when another process has locked the folder.
 */
export async function holdStateFolder(
  stateDir: string,
  self: StateHolder,
  downCommand: string,
): Promise<() => Promise<void>> {
  makeStateFolder(stateDir);
  const lock = await tryLock(join(stateDir, 'up.lock'), self);
  if ('release' in lock) return lock.release;
  const { pid, since, facts } = lock.holder;
  const stop = facts.command === 'etl up' ? downCommand : `kill ${pid}`;
  throw new CliError(
    `${stateDir} is in use by \`${facts.command}\`: process ${pid} since ${since}, Temporal ${facts.temporal}, Fargate ${facts.ecs}`,
    `Use the running system, set ETL_STATE_DIR to another folder, or stop it with: ${stop}`,
    exitCodes.unavailable,
  );
}
