/** Resource usage of this process. */
export interface Usage {
  readonly peakMemoryMiB: number;
  readonly cpuSeconds: number;
}

let baseMicroseconds = 0;

/** Resets the processor time that `usage` reports, in a process that converts several files. */
export function resetCpuTime(): void {
  baseMicroseconds = microseconds();
}

export function usage(): Usage {
  return {
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    cpuSeconds: Math.round((microseconds() - baseMicroseconds) / 10_000) / 100,
  };
}

function microseconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return userCPUTime + systemCPUTime;
}

/** Returns the rows per second since `startedAt`. */
export function rowRate(rows: number, startedAt: string): number {
  const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
  return seconds > 0 ? Math.round(rows / seconds) : 0;
}
