import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** Memory and processors of the task, and the engine's share of them. */
export interface Resources {
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Threads that convert. The main thread cuts, writes and uploads. */
  readonly threads: number;
}

/** Memory that does not depend on the number of threads: Node, the window over the source and one queued row group. */
const baseMiB = 220;
/** Memory of a thread: a row group in the kernel's memory, its pages, and one queued row group. */
const threadMiB = 110;
/** Memory of a column in a thread, which matters in files with thousands of columns. */
const columnMiB = 0.02;

/**
 * Returns one thread per processor, limited by memory, at least one. On Fargate, 0.25 vCPU with 512 MiB runs one thread
 * and 16 vCPU with 120 GB run sixteen. Memory use depends on the number of threads and columns, not on the file's size.
 */
export function resourcesFor(memoryMiB: number, cpus: number, columns = 0): Resources {
  const byMemory = Math.floor((memoryMiB - baseMiB) / (threadMiB + columns * columnMiB));
  return { memoryMiB, cpus, threads: Math.max(1, Math.min(Math.ceil(cpus), byMemory)) };
}

/** Returns the limits of this task's control group (Linux, cgroup v2 and v1), else those of the machine. */
export function detectResources(): Resources {
  const memory =
    readNumber('/sys/fs/cgroup/memory.max') ?? readNumber('/sys/fs/cgroup/memory/memory.limit_in_bytes') ?? Infinity;
  return resourcesFor(
    Math.floor(Math.min(memory, totalmem()) / 1024 ** 2),
    Math.min(quotaCpus(readText('/sys/fs/cgroup/cpu.max')) ?? Infinity, availableParallelism()),
  );
}

/**
 * Parses a CPU quota: `50000 100000` is half a processor, `max 100000` is unlimited (undefined).
 * @see cgroup-v2.rst of the Linux kernel, "cpu.max"
 */
export function quotaCpus(text: string | undefined): number | undefined {
  const [quota, period] = (text ?? '').split(' ').map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function readNumber(path: string): number | undefined {
  const value = Number(readText(path));
  return Number.isFinite(value) ? value : undefined; // "max": no limit
}
