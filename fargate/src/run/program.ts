import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { identify, type ProcessIdentity } from '@etl/lib/processIdentity';
import type { ContainerRecord } from '../state/records';
import { signal } from './processes';

/** A running program of a container. */
export interface Program {
  readonly container: ContainerRecord;
  readonly identity: ProcessIdentity;
  /** Resolves with the exit code (128 + n after signal n) once every process in its group has exited. */
  readonly exited: Promise<number>;
  /** Sends SIGTERM to the program only; `kill` sends SIGKILL to its whole group, like a container runtime. */
  terminate(): void;
  kill(): void;
  /** Suspends the whole group until `resume`. SIGKILL is still delivered; SIGTERM stays pending. */
  pause(): void;
  resume(): void;
  isRunning(): boolean;
}

/** Starts the program in its own process group and scratch folder. Rejects if it cannot be started. */
export async function startProgram(
  container: ContainerRecord,
  command: readonly string[],
  scratch: string,
  logFile: number,
  extraEnvironment: Readonly<Record<string, string>>,
): Promise<Program> {
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    cwd: scratch,
    detached: true,
    stdio: ['ignore', logFile, logFile],
    // Like a container, the program has its own temporary folder and runs in UTC.
    env: {
      ...process.env,
      TZ: 'UTC',
      TMPDIR: scratch,
      ...container.environment,
      ...extraEnvironment,
      SCRATCH_DIR: scratch,
    },
  });
  const exited = exitOf(child);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid ?? 0;
  return {
    container,
    identity: identify(pid) ?? { pid, started: 'ended at once' },
    exited,
    terminate: () => {
      if (isRunning(child)) signal(pid, 'SIGTERM');
    },
    kill: () => {
      if (isRunning(child)) signal(-pid, 'SIGKILL');
    },
    pause: () => {
      if (isRunning(child)) signal(-pid, 'SIGSTOP');
    },
    resume: () => {
      if (isRunning(child)) signal(-pid, 'SIGCONT');
    },
    isRunning: () => isRunning(child),
  };
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signalName) => {
      if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');
      resolve(code ?? 128 + (signalName === null ? 0 : constants.signals[signalName]));
    });
  });
}
