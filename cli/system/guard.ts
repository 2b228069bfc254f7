import { spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * Ends the parts of the local system when the command that started them is killed and cannot do so itself. It learns
 * the process IDs over a pipe, and that the command is gone by the pipe's end.
 */
export function startGuard() {
  const child = spawn(process.execPath, [join(__dirname, 'guardMain.js')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  child.stdin.on('error', () => undefined); // the guard is gone: nothing to tell it
  return {
    /** `part` runs as `pid` now; -1: it no longer runs. */
    watch: (part: string, pid: number): void => {
      child.stdin.write(`${JSON.stringify({ part, pid })}\n`);
    },
    /** All parts have ended in good order. */
    release: (): void => {
      child.kill('SIGKILL');
    },
  };
}

export type Guard = ReturnType<typeof startGuard>;
