import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { shellWord } from '@etl/lib/shellWord';
import { temporalOptions } from '../config/connection';
import { localDefaults } from '../config/localDefaults';
import { cacheFolder } from '../local/cacheFolder';
import { packageRoot } from './packageRoot';

/**
 * Returns an `etl` command that can be pasted in the current folder, even if `ETL_STATE_DIR` is set for this command
 * only.
 */
export function etlCommand(...args: string[]): string {
  return etlCommandIn(process.env.ETL_STATE_DIR, ...args);
}

/** Returns an `etl` command for the system of a state folder. */
export function etlCommandIn(stateDir: string | undefined, ...args: string[]): string {
  const isOther = stateDir && resolve(stateDir) !== resolve(localDefaults.stateDir);
  const variables = isOther ? [`ETL_STATE_DIR=${shellWord(resolve(stateDir))}`] : [];
  return [...variables, program(process.cwd()), ...args.map(shellWord)].join(' ');
}

/** Returns the current command with one option changed or added. */
export function sameCommandWith(option: string, value?: string, args = process.argv.slice(2)): string {
  const kept = args.filter((each, index) => {
    const isValue = value !== undefined && args[index - 1] === option;
    return each !== option && !each.startsWith(`${option}=`) && !isValue;
  });
  return etlCommand(...kept, option, ...(value === undefined ? [] : [value]));
}

/** Returns the current command without a flag. */
export function sameCommandWithout(flag: string, args = process.argv.slice(2)): string {
  return etlCommand(...args.filter((each) => each !== flag));
}

function program(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (folder === packageRoot || existsSync(join(folder, 'node_modules', '.bin', 'etl'))) return 'npx etl';
    if (dirname(folder) === folder) return `node ${shellWord(join(packageRoot, 'cli', 'etl.js'))}`;
  }
}

/** Returns a sample file's absolute path, and its shortest form relative to the current folder. */
export function sampleFile(name: string): { readonly absolute: string; readonly shown: string } {
  const absolute = join(packageRoot, 'samples', name);
  const short = relative(process.cwd(), absolute);
  return { absolute, shown: short.startsWith('..') ? absolute : short };
}

/** Returns a `temporal` command that can be pasted, with the server and namespace of this command. */
export function temporalCommand(...args: string[]): string {
  const { connection, namespace } = temporalOptions();
  return temporalCommandOn(connection.address, namespace, ...args);
}

/**
 * Returns a `temporal` command for another server. The address is always explicit, because a variable may be set for
 * this command only.
 */
export function temporalCommandOn(address: string, namespace: string, ...args: string[]): string {
  const where = [
    ...(address === `127.0.0.1:${localDefaults.temporalPort}` ? [] : ['--address', address]),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
  ];
  return [temporalProgram(), ...args, ...where].map(shellWord).join(' ');
}

/** Returns `temporal` if it is on the PATH, otherwise the program downloaded for `etl up`. */
export function temporalProgram(env: NodeJS.ProcessEnv = process.env): string {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  if (folders.some((folder) => isExecutable(join(folder, 'temporal')))) return 'temporal';
  return fetchedTemporal(join(cacheFolder(env), 'temporal')) ?? 'temporal';
}

function fetchedTemporal(folder: string): string | undefined {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('temporal')) : [];
  return names.map((name) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
