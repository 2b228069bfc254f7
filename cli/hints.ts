import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { shellWord } from '@etl/lib/shellWord';
import { approveCommand } from '@etl/pipeline/approval';
import { temporalOptions } from '../config/connection';
import { localDefaults } from '../config/localDefaults';
import { cacheFolder } from '../local/cacheFolder';
import { packageRoot } from './packageRoot';

/** An `etl` command that works as pasted from the current folder, also where `ETL_STATE_DIR` was set for this one alone. */
export function etlCommand(...args: string[]): string {
  const stateDir = process.env.ETL_STATE_DIR;
  const isOther = stateDir && resolve(stateDir) !== resolve(localDefaults.stateDir);
  const variables = isOther ? [`ETL_STATE_DIR=${shellWord(resolve(stateDir))}`] : [];
  return [...variables, program(process.cwd()), ...args.map(shellWord)].join(' ');
}

/** The command that was given, with an option changed or added. */
export function sameCommandWith(option: string, value?: string, args = process.argv.slice(2)): string {
  const kept = args.filter((each, index) => {
    const isValue = value !== undefined && args[index - 1] === option;
    return each !== option && !each.startsWith(`${option}=`) && !isValue;
  });
  return etlCommand(...kept, option, ...(value === undefined ? [] : [value]));
}

function program(cwd: string): string {
  // Started by npx here: it works here once more.
  if (process.env.npm_command === 'exec') return 'npx etl';
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (folder === packageRoot || existsSync(join(folder, 'node_modules', '.bin', 'etl'))) return 'npx etl';
    if (dirname(folder) === folder) return `node ${shellWord(join(packageRoot, 'cli', 'etl.js'))}`;
  }
}

/** A sample file: its path, and the same as short as it can be written from the current folder. */
export function sampleFile(name: string): { readonly absolute: string; readonly shown: string } {
  const absolute = join(packageRoot, 'samples', name);
  const short = relative(process.cwd(), absolute);
  return { absolute, shown: short.startsWith('..') ? absolute : short };
}

/** A `temporal` command that works as pasted, with the server and namespace that this command uses. */
export function temporalCommand(...args: string[]): string {
  const { connection, namespace } = temporalOptions();
  return temporalCommandOn(connection.address, namespace, ...args);
}

/** The same for another server. The address is always complete: a variable may be set for this command alone. */
export function temporalCommandOn(address: string, namespace: string, ...args: string[]): string {
  const where = [
    ...(address === `127.0.0.1:${localDefaults.temporalPort}` ? [] : ['--address', address]),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
  ];
  return [temporalProgram(), ...args, ...where].map(shellWord).join(' ');
}

/** A text of a workflow in which the command for approvals works as pasted here. */
export function withLocalCommand(text: string, workflowId: string): string {
  const shown = approveCommand(workflowId);
  if (!text.includes(shown)) return text;
  const update = ['workflow', 'update', 'execute', '--workflow-id', workflowId, '--name', 'approve'];
  return text.replace(shown, () => temporalCommand(...update, '--input', '{"approved": true}'));
}

/** `temporal` where the PATH has it, else the one that was fetched for `etl up`. */
function temporalProgram(env: NodeJS.ProcessEnv = process.env): string {
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
