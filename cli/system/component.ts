import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** A part of the local system while it runs. */
export interface Running {
  readonly pid: number;
  /** Resolves when the process has ended, however it ended, with a word about how. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/**
 * A Node program as a child in a process group of its own, so that Ctrl-C reaches only the command that started it and
 * parts end in the right order. Output goes to the log file.
 */
export function startProgram(
  program: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; logFile: string },
): Running & { child: ChildProcess } {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const child = spawn(process.execPath, [program, ...args], {
    env: options.env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  return { child, pid: child.pid ?? -1, exited, stop: () => terminate(child, exited) };
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

/**
 * Starts a part and starts it again whenever it ends by itself, after a second, then two, then four … up to 30.
 * `onChange` is told about each start.
 */
export async function keepRunning(
  name: string,
  start: () => Promise<Running>,
  say: (line: string) => void,
  onChange: (pid: number) => void,
): Promise<{ pid(): number; stop(): Promise<void> }> {
  let stopping = false;
  let wake: () => void = () => undefined;
  let current: Running | undefined = await start();
  onChange(current.pid);

  const watch = async (): Promise<void> => {
    for (let crashes = 0; !stopping; crashes++) {
      const startedAt = Date.now();
      const how = await (current?.exited ?? Promise.resolve('did not start'));
      if (stopping) return;
      if (Date.now() - startedAt > 60_000) crashes = 0;
      const delay = Math.min(30, 2 ** crashes);
      say(`${name} ended (${how}); starting it again in ${delay} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay * 1000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (stopping) return;
      current = await start().catch((error: Error) => {
        say(`${name} did not start: ${error.message}`);
        return undefined;
      });
      if (current) onChange(current.pid);
    }
  };
  const watching = watch();
  return {
    pid: () => current?.pid ?? -1,
    async stop() {
      stopping = true;
      wake();
      await current?.stop();
      await watching;
    },
  };
}
