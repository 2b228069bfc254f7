import type { TaskRecord } from '../state/records';
import type { Program } from './program';
import { familyOf, isUsageKnown, memoryOf } from './usage';

const bytesPerMiB = 1024 * 1024;
/** Poll intervals: short near the limit, long otherwise. A poll is cheap, but there may be thousands of tasks. */
const slowPollMs = 1000;
const fastPollMs = 200;
const nearLimitShare = 0.25;

/**
 * Calls `kill` for a program that exceeds its container's memory, or for the largest program if all of them together
 * exceed the task's. Returns a function that ends the watch. Works only where /proc exists.
 */
export function watchMemory(task: TaskRecord, programs: readonly Program[], kill: (program: Program) => void) {
  let timer: NodeJS.Timeout | undefined;
  const taskLimit = bytesOf(task.description.memory);

  function poll(): void {
    const used = programs.flatMap((program) =>
      program.isRunning() ? [{ program, bytes: memoryOf(familyOf(program.identity.pid)) }] : [],
    );
    const victim = victimOf(used, taskLimit);
    if (victim) kill(victim);
    const shares = used.map(({ program, bytes }) => bytes / Math.min(limitOf(program), taskLimit));
    timer = setTimeout(poll, Math.max(...shares, 0) > nearLimitShare ? fastPollMs : slowPollMs);
  }

  if (isUsageKnown) timer = setTimeout(poll, fastPollMs);
  return () => clearTimeout(timer);
}

interface Use {
  readonly program: Program;
  readonly bytes: number;
}

function victimOf(used: readonly Use[], taskLimit: number): Program | undefined {
  const own = used.find(({ program, bytes }) => bytes > limitOf(program));
  const total = used.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = used.reduce<Use | undefined>((most, use) => (use.bytes > (most?.bytes ?? 0) ? use : most), undefined);
  return (own ?? (total > taskLimit ? largest : undefined))?.program;
}

const limitOf = ({ container }: Program) => bytesOf(container.description.memory);
const bytesOf = (mebibytes: string | undefined) => (mebibytes ? Number(mebibytes) * bytesPerMiB : Infinity);
