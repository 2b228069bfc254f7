import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What programs use, from /proc; nothing is known where there is none. Source: proc(5). */
export const isUsageKnown = existsSync('/proc/self/status');

/** Clock ticks are hundredths of a second on every Linux that Node runs on. */
const nanosecondsPerTick = 10_000_000;

/** The process and all that it has started. What has been adopted by another since is not found. */
export function familyOf(pid: number): number[] {
  const threads = list(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
  return threads.length === 0 ? [] : [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

/**
 * Resident memory in bytes, without mapped files: these the kernel can drop, so that a container is not killed for
 * them. Pages that several of the processes share count several times.
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

/** What the processes have used so far, with those of their children that have ended. */
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

/** What all CPUs of this machine have spent since it started, in nanoseconds. */
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
    return ''; // it has ended
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
