import { createInterface } from 'node:readline';

/**
 * The guard's process (guard.ts). Reads `{"part":…,"pid":…}` lines. At the end of the input, terminates the processes
 * that are still running.
 */
const pids = new Map<string, number>();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { part, pid } = JSON.parse(line) as { part: string; pid: number };
    if (pid > 0) pids.set(part, pid);
    else pids.delete(part);
  })
  .on('close', () => {
    for (const pid of pids.values()) signal(pid, 'SIGTERM');
    setTimeout(() => {
      for (const pid of pids.values()) signal(pid, 'SIGKILL');
    }, 15_000);
  });

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has already ended.
  }
}
