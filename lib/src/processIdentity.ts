import { execFileSync } from 'node:child_process';
import { bootId, startTimeOf } from './processStart';

/** Identity of a process, distinct from a later process with the same ID. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

const hasProc = startTimeOf(process.pid) !== undefined;

/**
 * Identifies a process beyond its ID, which the system may reuse. Returns undefined if there is no such process, or if
 * it is a zombie.
 */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!hasProc) return identifyByPs(pid);
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, started: `${bootId ?? ''}:${startTime}` };
}

/** Returns whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}
