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
import { CliError } from '@etl/lib/cliError';
import { identify, isAlive, type ProcessIdentity } from '@etl/lib/processIdentity';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { configuredTemporal } from '../../config/connection';
import { localDefaults } from '../../config/localDefaults';

/** A local system that `etl up` runs. */
export interface LocalSystemEntry extends ProcessIdentity {
  /** Start time in ISO 8601. */
  readonly since: string;
  readonly stateDir: string;
  readonly temporal: string;
  readonly ui: string | undefined;
  readonly ecs: string;
  /** Environment variables that a command needs to use the system. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processes of the system. Absent in entries of earlier versions. */
  readonly parts?: readonly SystemPart[];
}

/** A process of a local system, such as its worker. */
export interface SystemPart extends ProcessIdentity {
  readonly name: string;
}

type Env = Record<string, string | undefined>;

/** Settings of `etl up` that other commands share: the locations of data and dead letters. */
export const sharedVariables = ['S3_RAW_BUCKET', 'S3_CLEAN_BUCKET', 'DLQ_URL'] as const;

/** The entry of a system of this process. */
export interface Announcement {
  /** Replaces the list of the system's processes. */
  setParts(parts: readonly SystemPart[]): void;
  withdraw(): void;
}

/** Announces a system of this process to all commands of this user. Replaces entries of killed systems of its folder. */
export function announceSystem(
  entry: Omit<LocalSystemEntry, keyof ProcessIdentity | 'since'>,
  env: Env = process.env,
): Announcement {
  const folder = systemsFolder(env);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const self = identify(process.pid) ?? { pid: process.pid, started: '' };
  const path = join(folder, `${process.pid}-${randomUUID()}.json`);
  const announced: LocalSystemEntry = { ...self, since: new Date().toISOString(), ...entry };
  const write = (changed: LocalSystemEntry): void => {
    const draft = `${path}.draft`;
    writeFileSync(draft, JSON.stringify(changed), { mode: 0o600 });
    renameSync(draft, path);
  };
  forgetKilled(entry.stateDir, env);
  write(announced);
  return { setParts: (parts) => write({ ...announced, parts }), withdraw: () => rmSync(path, { force: true }) };
}

/** Returns the running systems of this user, ordered by state folder. */
export function runningSystems(env: Env = process.env): LocalSystemEntry[] {
  return entriesIn(env).flatMap(({ entry }) => (isAlive(entry) ? [entry] : []));
}

/** Returns the systems that ended without withdrawing their entry, ordered by state folder. */
export function killedSystems(env: Env = process.env): LocalSystemEntry[] {
  return entriesIn(env).flatMap(({ entry }) => (isAlive(entry) ? [] : [entry]));
}

/** Removes the entries of killed systems of a state folder. */
export function forgetKilled(stateDir: string, env: Env = process.env): void {
  for (const { path, entry } of entriesIn(env))
    if (!isAlive(entry) && realPath(entry.stateDir) === realPath(stateDir)) rmSync(path, { force: true });
}

/** Returns all entries. Removes damaged ones, and those of killed systems whose state folder is gone. */
function entriesIn(env: Env): { readonly path: string; readonly entry: LocalSystemEntry }[] {
  const folder = systemsFolder(env);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const known = names.flatMap((name) => {
    const path = join(folder, name);
    const entry = readEntry(path);
    if (entry && (isAlive(entry) || existsSync(entry.stateDir))) return [{ path, entry }];
    rmSync(path, { force: true });
    return [];
  });
  // Sort explicitly: entries have random names, and folders list them in any order.
  return known.sort(({ entry: a }, { entry: b }) => (a.stateDir < b.stateDir ? -1 : 1));
}

/**
 * Adds the settings of the selected local system to the environment. Variables that are set are kept. The system is
 * selected by `ETL_STATE_DIR` or by the configured Temporal server, otherwise by the current folder's `.etl/`.
 * Otherwise the only running system is used, and `report` receives a line about it.
 *
 * @throws {CliError} when several systems match.
 */
export function useLocalSystem(report: (line: string) => void, env: Env = process.env, cwd = process.cwd()): void {
  const chosen = chosenSystem(env, cwd);
  if (!chosen) return;
  const { system, isElsewhere } = chosen;
  if (isElsewhere) report(`Using the local system in ${system.stateDir} (Temporal ${system.temporal})`);
  for (const [name, value] of Object.entries(system.environment)) env[name] ||= value;
}

/** The local system that a command uses. */
interface Chosen {
  readonly system: LocalSystemEntry;
  /** Whether the system was selected only because no other one is running. */
  readonly isElsewhere: boolean;
}

/**
 * Returns the running system that the environment or the current folder selects, or the only one.
 *
 * @throws {CliError} when several systems match.
 */
export function chosenSystem(env: Env = process.env, cwd = process.cwd()): Chosen | undefined {
  const running = runningSystems(env);
  if (running.length === 0) return undefined;
  const isNamed = Boolean(env.ETL_STATE_DIR);
  const stateDir = realPath(resolve(cwd, env.ETL_STATE_DIR || localDefaults.stateDir));
  const here = running.find((system) => realPath(system.stateDir) === stateDir);
  if (isNamed) return here && { system: here, isElsewhere: false };
  if (env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE || env.TEMPORAL_CONFIG_FILE) return byAddress(running, here, env);
  if (here) return { system: here, isElsewhere: false };
  // A folder with its own state, or a server named by a profile file, is used unchanged.
  if (existsSync(stateDir) || configuredTemporal(env).connectionOptions.address !== undefined) return undefined;
  return { system: onlyOne(running), isElsewhere: true };
}

/**
 * Returns the killed system of the folder that `ETL_STATE_DIR` or the current folder selects.
 */
export function killedSystem(env: Env = process.env, cwd = process.cwd()): LocalSystemEntry | undefined {
  const stateDir = realPath(resolve(cwd, env.ETL_STATE_DIR || localDefaults.stateDir));
  return killedSystems(env).find((system) => realPath(system.stateDir) === stateDir);
}

function byAddress(
  running: readonly LocalSystemEntry[],
  here: LocalSystemEntry | undefined,
  env: Env,
): Chosen | undefined {
  const address = configuredTemporal(env).connectionOptions.address?.replace(/^localhost:/, '127.0.0.1:');
  const matching = running.filter((system) => system.temporal === address);
  if (here && matching.includes(here)) return { system: here, isElsewhere: false };
  return matching.length === 0 ? undefined : { system: onlyOne(matching), isElsewhere: false };
}

function onlyOne(systems: readonly LocalSystemEntry[]): LocalSystemEntry {
  const [system] = systems;
  if (system && systems.length === 1) return system;
  const list = systems.map(({ stateDir, temporal }) => `${stateDir} (Temporal ${temporal})`).join(', ');
  throw new CliError(
    `${systems.length} local systems are running: ${list}`,
    `Set ETL_STATE_DIR to choose one, for example ETL_STATE_DIR=${system?.stateDir}`,
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

/** Resolves symbolic links if the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
