import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCodes } from '@etl/pipeline/failures';
import { configuredTemporal } from '../config/connection';
import { localDefaults } from '../config/localDefaults';
import { identify, isAlive } from '../local/ecs/processes';
import type { ProcessIdentity } from '../local/ecs/records';
import { CliError } from './errors';

/** A local system that `etl up` keeps running. */
export interface LocalSystemEntry extends ProcessIdentity {
  /** ISO 8601. */
  readonly since: string;
  readonly stateDir: string;
  readonly temporal: string;
  readonly ui: string | undefined;
  readonly ecs: string;
  /** What a command has to have in its environment to use the system. */
  readonly environment: Readonly<Record<string, string>>;
}

type Env = Record<string, string | undefined>;

/** Settings of `etl up` that its commands share: where data and dead letters lie. */
export const sharedVariables = ['S3_RAW_BUCKET', 'S3_CLEAN_BUCKET', 'DLQ_URL'] as const;

/** Announces a system of this process to all commands of this user. Returns what withdraws it. */
export function announceSystem(entry: Omit<LocalSystemEntry, keyof ProcessIdentity | 'since'>, env: Env = process.env) {
  const folder = systemsFolder(env);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const self = identify(process.pid) ?? { pid: process.pid, started: '' };
  const path = join(folder, `${process.pid}-${randomUUID()}.json`);
  const draft = `${path}.draft`;
  writeFileSync(draft, JSON.stringify({ ...self, since: new Date().toISOString(), ...entry }), { mode: 0o600 });
  renameSync(draft, path);
  return (): void => rmSync(path, { force: true });
}

/** Returns the running systems of this user, by state folder. Entries of processes that were killed are removed. */
export function runningSystems(env: Env = process.env): LocalSystemEntry[] {
  const folder = systemsFolder(env);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const running = names.flatMap((name) => {
    const path = join(folder, name);
    const entry = readEntry(path);
    if (entry && isAlive(entry)) return [entry];
    rmSync(path, { force: true });
    return [];
  });
  // The names of entries are random, and folders are listed in any order.
  return running.sort((a, b) => (a.stateDir < b.stateDir ? -1 : 1));
}

/**
 * Completes the environment with the settings of the local system that a command is meant for; a variable that is set
 * stays as it is. The system is that of `ETL_STATE_DIR` or of the Temporal server that is configured, else that of the
 * folder's own `.etl/`, else the only one that is running, which `say` is told.
 * Throws `CliError` when there are several.
 */
export function useLocalSystem(say: (line: string) => void, env: Env = process.env, cwd = process.cwd()): void {
  const running = runningSystems(env);
  if (running.length === 0) return;
  const chosen = choose(running, env, cwd);
  if (!chosen) return;
  const { system, isElsewhere } = chosen;
  if (isElsewhere) say(`Using the local system in ${system.stateDir} (Temporal ${system.temporal})`);
  for (const [name, value] of Object.entries(system.environment)) env[name] ||= value;
}

interface Chosen {
  readonly system: LocalSystemEntry;
  /** The folder alone does not tell which one it is. */
  readonly isElsewhere: boolean;
}

function choose(running: readonly LocalSystemEntry[], env: Env, cwd: string): Chosen | undefined {
  const isNamed = Boolean(env.ETL_STATE_DIR);
  const stateDir = real(resolve(cwd, env.ETL_STATE_DIR || localDefaults.stateDir));
  const here = running.find((system) => real(system.stateDir) === stateDir);
  if (isNamed) return here && { system: here, isElsewhere: false };
  if (env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE || env.TEMPORAL_CONFIG_FILE) return byAddress(running, here, env);
  if (here) return { system: here, isElsewhere: false };
  // A folder with a state of its own, and a server that a profile file names, are used as they are.
  if (existsSync(stateDir) || configuredTemporal(env).connectionOptions.address !== undefined) return undefined;
  return { system: only(running), isElsewhere: true };
}

function byAddress(
  running: readonly LocalSystemEntry[],
  here: LocalSystemEntry | undefined,
  env: Env,
): Chosen | undefined {
  const address = configuredTemporal(env).connectionOptions.address?.replace(/^localhost:/, '127.0.0.1:');
  const matching = running.filter((system) => system.temporal === address);
  if (here && matching.includes(here)) return { system: here, isElsewhere: false };
  return matching.length === 0 ? undefined : { system: only(matching), isElsewhere: false };
}

function only(systems: readonly LocalSystemEntry[]): LocalSystemEntry {
  const [system] = systems;
  if (system && systems.length === 1) return system;
  const list = systems.map(({ stateDir, temporal }) => `${stateDir} (Temporal ${temporal})`).join(', ');
  throw new CliError(
    `${systems.length} local systems are running: ${list}`,
    `Choose one: set ETL_STATE_DIR, for example ETL_STATE_DIR=${system?.stateDir}`,
    exitCodes.badConfiguration,
  );
}

function systemsFolder(env: Env): string {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state');
  return join(state, 'etl-orchestrator', 'systems');
}

function readEntry(path: string): LocalSystemEntry | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LocalSystemEntry;
  } catch {
    return undefined;
  }
}

/** Without symbolic links, as far as it exists. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
