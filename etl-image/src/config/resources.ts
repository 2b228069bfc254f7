import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** What the engine may use of the task. */
export interface EngineLimits {
  readonly threads: number;
  readonly memoryMiB: number;
}

/** Node, its buffers and the native library beside the engine's own memory. */
const overheadMiB = 160;
const mostMiB = 4096;
const leastMiB = 128;

/** Half of what the task has above Node's own needs, within bounds: the size of a chunk is bounded, whatever the file's. */
export function engineLimits(memoryMiB: number, cpus: number): EngineLimits {
  const share = Math.floor((memoryMiB - overheadMiB) / 2);
  return { threads: Math.max(1, Math.floor(cpus)), memoryMiB: Math.min(mostMiB, Math.max(leastMiB, share)) };
}

/** Limits of this task: those of its control group where it has one, else the machine's. */
export function detectLimits(): EngineLimits {
  const group = readNumber('/sys/fs/cgroup/memory.max') ?? readNumber('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  return engineLimits(Math.min(group ?? Number.POSITIVE_INFINITY, totalmem()) / 1024 / 1024, availableParallelism());
}

function readNumber(path: string): number | undefined {
  try {
    const value = Number(readFileSync(path, 'utf8').trim());
    return Number.isFinite(value) ? value : undefined; // "max": no limit
  } catch {
    return undefined;
  }
}
