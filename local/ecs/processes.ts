import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { bootId, startTimeOf } from '@etl/storage/processStart';
import type { ProcessIdentity } from './records';

const hasProc = startTimeOf(process.pid) !== undefined;

/** Who the process is, beyond an id that may be given out again; undefined when there is none (a zombie is none). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!hasProc) return identifyByPs(pid);
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, started: `${bootId ?? ''}:${startTime}` };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** Sends the signal; a process that is gone is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone, or another user's by now.
  }
}

/** Ends a program with what it started and has stayed in its process group, which bears its id. */
export function killGroup(program: ProcessIdentity): void {
  if (isAlive(program)) signal(-program.pid, 'SIGKILL');
}

/**
 * Ends every process that works in the scratch folder and waits until they are gone. It finds what has left its
 * process group too, and what a killed supervisor had no time to write down; where there is no /proc, nothing.
 */
export async function killUsersOf(scratch: string): Promise<void> {
  // One that is dying gives up its environment before its id.
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
  if (!hasProc) return [];
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

function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}
