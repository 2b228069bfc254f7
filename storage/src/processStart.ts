import { readFileSync, readlinkSync } from 'node:fs';

/** Identifies the running kernel; undefined where there is no /proc. */
export const bootId = readText('/proc/sys/kernel/random/boot_id')?.trim();

/**
 * Returns when a process started, in clock ticks since boot; undefined when there is no such process, or only a zombie.
 * Process IDs are given out again; an ID together with this time is not.
 */
export function startTimeOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`) ?? '';
  // Fields are counted after the program's name, which may itself contain blanks and brackets. Source: proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : startTime;
}

/**
 * Identifies what process IDs and start times refer to: the running kernel and this process's namespaces. Undefined where the
 * system does not report it.
 */
export function processSpace(): string | undefined {
  try {
    const namespaces = ['pid', 'time'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
    return bootId && [bootId, ...namespaces].join(' ');
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
