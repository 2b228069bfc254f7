import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ownerOnly } from '../places';

/** A running Temporal server of the local system. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process has ended for any reason, with a description of how. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface ServerProgram {
  readonly exe: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Returns whether the server answers. */
  readonly isReady: () => Promise<boolean>;
  /** Stops a server that does not answer yet. */
  readonly signal?: AbortSignal | undefined;
}

const startSeconds = 30;
const stopSeconds = 10;

/**
 * Starts a server in a process group of its own and returns once it answers.
 * @throws Error if it ends or does not answer, and the abort reason of the signal
 */
export async function startServerProcess(program: ServerProgram): Promise<ServerProcess> {
  const { exe, args, logFile, isReady, signal } = program;
  mkdirSync(dirname(logFile), { recursive: true, mode: ownerOnly });
  const log = openSync(logFile, 'a');
  const child = spawn(exe, args, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  let ended = false;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      ended = true;
      resolve(how);
    };
    child.once('exit', (code, name) => end(name ? `killed by ${name}` : `exit code ${code}`));
    child.once('error', (error) => end(error.message));
  });
  const stop = async (): Promise<void> => {
    if (ended) return void (await exited);
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
    await exited;
    clearTimeout(timer);
  };
  for (const deadline = performance.now() + startSeconds * 1000; !(await isReady()); ) {
    if (signal?.aborted) {
      await stop();
      throw signal.reason;
    }
    if (ended) throw new Error(`the Temporal server did not start (${await exited}): ${lastLine(logFile)}`);
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`the Temporal server did not respond within ${startSeconds} s; see ${logFile}`);
    }
    await delay(100);
  }
  return { pid: child.pid ?? -1, exited, stop };
}

const lastLine = (file: string): string => readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
