import { spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * Starts a process that stops the parts of the local system when the command that started them is killed. The guard
 * receives process IDs over a pipe, and detects the command's end by the end of the pipe.
 */
export function startGuard() {
  const child = spawn(process.execPath, [join(__dirname, 'guardMain.js')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  child.stdin.on('error', () => undefined); // the guard has ended and needs no input
  return {
    /** Reports the process ID of a part; -1 for a part that is not running. */
    watch: (part: string, pid: number): void => {
      child.stdin.write(`${JSON.stringify({ part, pid })}\n`);
    },
    /** Stops the guard after all parts have ended. */
    release: (): void => {
      child.kill('SIGKILL');
    },
  };
}

export type Guard = ReturnType<typeof startGuard>;
