import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { orAborted } from '@etl/lib/orAborted';
import { ownerOnly } from '../places';
import { PartError } from './partError';

/** A running part of the local system. */
export interface Running {
  readonly pid: number;
  /** Resolves when the process has ended for any reason, with a description of how. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
  /** Lets this process exit while the program continues. */
  release(): void;
}

export interface ProgramSettings {
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Stops a program that is not ready yet. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a Node program and resolves when the program reports over its IPC channel that it is ready. The program runs
 * in a separate process group, so that Ctrl-C reaches only the command that started it and the parts stop in the right
 * order. Rejects with the signal's reason once it aborts.
 *
 * @throws {PartError} when the program ends before it is ready.
 */
export async function startProgram(
  program: string,
  args: readonly string[],
  { env, logFile, signal }: ProgramSettings,
): Promise<Running> {
  mkdirSync(dirname(logFile), { recursive: true, mode: ownerOnly });
  const log = openSync(logFile, 'a');
  const before = statSync(logFile).size;
  const child = spawn(process.execPath, [program, ...args], {
    env,
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, name) => resolve(name ? `terminated by ${name}` : `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()));
  try {
    const started = Promise.race([ready, exited]);
    const how = await (signal ? orAborted(started, signal) : started);
    if (how !== undefined) throw partError(how, child.exitCode, logFile, before);
  } catch (error) {
    await terminate(child, exited);
    throw error;
  }
  const release = (): void => {
    child.disconnect();
    child.unref();
  };
  return { pid: child.pid ?? -1, exited, stop: () => terminate(child, exited), release };
}

/**
 * Returns the error of a program. The programs of this package end their output with one line for the cause and one for
 * the remedy.
 */
function partError(how: string, exitCode: number | null, logFile: string, before: number): PartError {
  const output = readFileSync(logFile).subarray(before).toString('utf8').trim().split('\n');
  const [cause, remedy] = output.slice(-2).map((line) => line.replace(/^(etl-\w+|error): /, ''));
  const isExplained = exitCode !== null && exitCode >= 64 && exitCode <= 78 && cause !== undefined;
  return isExplained && remedy !== undefined
    ? new PartError(cause, remedy, exitCode)
    : new PartError(how, `Check the log ${logFile}`, null);
}

const stopTimeoutSeconds = 30;

/** Sends SIGTERM, then SIGKILL after a timeout. Resolves when the process has ended. */
async function terminate(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutSeconds * 1000);
  await exited;
  clearTimeout(timer);
}
