import { createInterface } from 'node:readline';

/** See guard.ts. Reads `{"part":…,"pid":…}` lines; at the end of input, ends what still runs. */
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
    // it has ended by itself
  }
}
