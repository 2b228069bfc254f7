import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** What the task has, and what of it the engine uses. */
export interface Resources {
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Threads that convert; the main thread cuts, writes and uploads beside them. */
  readonly threads: number;
}

/** Node, the window over the source and one row group that waits: what a conversion takes however few threads there are. */
const baseMiB = 220;
/** A row group in the kernel's memory, its pages, and the one that waits for its turn. */
const threadMiB = 110;
/** What a column costs a thread, whatever it holds: it shows in files of thousands. */
const columnMiB = 0.02;

/**
 * As many threads as there are processors and the memory carries, at least one. Fargate's sizes: 0.25 vCPU with 512 MiB has one,
 * 16 vCPU with 120 GB sixteen. Memory follows the number of threads and of columns, not the file's size.
 */
export function resourcesFor(memoryMiB: number, cpus: number, columns = 0): Resources {
  const carried = Math.floor((memoryMiB - baseMiB) / (threadMiB + columns * columnMiB));
  return { memoryMiB, cpus, threads: Math.max(1, Math.min(Math.ceil(cpus), carried)) };
}

/** Of this task: the limits of its control group where it has them (Linux, cgroup v2 and v1), else the machine's. */
export function detectResources(): Resources {
  const memory =
    readNumber('/sys/fs/cgroup/memory.max') ?? readNumber('/sys/fs/cgroup/memory/memory.limit_in_bytes') ?? Infinity;
  return resourcesFor(
    Math.floor(Math.min(memory, totalmem()) / 1024 ** 2),
    Math.min(quotaCpus(readText('/sys/fs/cgroup/cpu.max')) ?? Infinity, availableParallelism()),
  );
}

/** `50000 100000` is half a processor; `max 100000` no limit. Source: cgroup-v2.rst of the Linux kernel, "cpu.max". */
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
