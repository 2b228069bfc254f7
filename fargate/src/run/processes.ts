import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '@etl/lib/processIdentity';

/** Sends a signal. Ignores a process that has exited. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has exited, or its ID belongs to another user.
  }
}

/** Kills a program and its descendants in its process group, whose ID is the program's. */
export function killGroup(program: ProcessIdentity): void {
  if (isAlive(program)) signal(-program.pid, 'SIGKILL');
}

/**
 * Kills every process that works in the scratch folder and waits until they have exited. It also finds processes that
 * left the process group, and those that a killed supervisor had no time to record. Finds none where /proc does not
 * exist.
 */
export async function killUsersOf(scratch: string): Promise<void> {
  // A dying process loses its environment before its ID.
  let dying: ProcessIdentity[] = [];
  for (let attempt = 0; attempt < 40; attempt++) {
    const found = usersOf(scratch).flatMap((pid) => identify(pid) ?? []);
    dying = [...dying, ...found].filter(isAlive);
    if (dying.length === 0) return;
    for (const { pid } of found) signal(pid, 'SIGKILL');
    await delay(25);
  }
}

function usersOf(scratch: string): number[] {
  if (!existsSync('/proc/self/environ')) return [];
  const mark = `\0SCRATCH_DIR=${scratch}/`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && `\0${readText(`/proc/${pid}/environ`)}`.includes(mark));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
