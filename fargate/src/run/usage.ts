import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Whether usage is known: it comes from /proc. @see proc(5) */
export const isUsageKnown = existsSync('/proc/self/status');

/** A clock tick is a hundredth of a second on every Linux that Node supports. */
const nanosecondsPerTick = 10_000_000;

/** Returns the process and its descendants. Reparented descendants are not found. */
export function familyOf(pid: number): number[] {
  const threads = list(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
  return threads.length === 0 ? [] : [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

/**
 * Returns resident memory in bytes, without mapped files: the kernel can drop those, so it does not kill a container
 * for them. Pages shared by several processes count several times.
 */
export function memoryOf(pids: readonly number[]): number {
  const kibibytes = pids.map((pid) => {
    const status = read(`/proc/${pid}/status`);
    return number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) + number(/^RssShmem:\s+(\d+)/m.exec(status)?.[1]);
  });
  return 1024 * sum(kibibytes);
}

export interface CpuTime {
  /** Nanoseconds. */
  readonly user: number;
  readonly system: number;
}

/** Returns the CPU time of the processes so far, including their finished children. */
export function cpuTimeOf(pids: readonly number[]): CpuTime {
  const times = pids.map((pid) => {
    const stat = read(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { user: number(fields[11]) + number(fields[13]), system: number(fields[12]) + number(fields[14]) };
  });
  return {
    user: nanosecondsPerTick * sum(times.map(({ user }) => user)),
    system: nanosecondsPerTick * sum(times.map(({ system }) => system)),
  };
}

/** Returns the time that all CPUs of this machine have spent since boot, in nanoseconds. */
export function systemCpuTime(): number {
  const [line = ''] = read('/proc/stat').split('\n');
  return nanosecondsPerTick * sum(line.split(/\s+/).slice(1, 9).map(number));
}

const number = (text: string | undefined) => Number(text ?? 0);
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has exited
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
