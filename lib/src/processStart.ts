import { readFileSync, readlinkSync } from 'node:fs';

/** ID of the running kernel's boot; undefined without /proc. */
export const bootId = readText('/proc/sys/kernel/random/boot_id')?.trim();

/**
 * Returns when a process started, in clock ticks since boot; undefined if the process does not exist or is a zombie.
 * Process IDs are reused, but an ID with its start time is unique.
 *
 * @see proc(5)
 */
export function startTimeOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`) ?? '';
  // Counts fields after the program's name, which may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : startTime;
}

/**
 * Returns the scope of process IDs and start times: the running kernel and this process's namespaces. Undefined if the
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
