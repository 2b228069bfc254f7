import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { ownerOnly } from '../../local/places';

/** A part of the local system while it runs. */
export interface Running {
  readonly pid: number;
  /** Resolves when the process has ended, however it ended, with a word about how. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a Node program that says over its IPC channel when it is ready, and resolves then. In a process group of its
 * own, so that Ctrl-C reaches only the command that started it and the parts end in the right order.
 * Rejects when the program ends before it is ready; what it said is in the log file.
 */
export async function startProgram(
  program: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; logFile: string },
): Promise<Running> {
  mkdirSync(dirname(options.logFile), { recursive: true, mode: ownerOnly });
  const log = openSync(options.logFile, 'a');
  const child = spawn(process.execPath, [program, ...args], {
    env: options.env,
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()));
  const how = await Promise.race([ready, exited]);
  if (how !== undefined) throw new Error(`${how}; see ${options.logFile}`);
  return { pid: child.pid ?? -1, exited, stop: () => terminate(child, exited) };
}

const patienceSeconds = 30;

/** SIGTERM, and SIGKILL for what does not listen. Returns when the process is gone. */
async function terminate(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceSeconds * 1000);
  await exited;
  clearTimeout(timer);
}
