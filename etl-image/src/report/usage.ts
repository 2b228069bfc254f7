/** What this process has used until now. */
export interface Usage {
  readonly peakMemoryMiB: number;
  readonly cpuSeconds: number;
}

let before = 0;

/** For a process that converts one file after another: from here on its processor time is counted anew. */
export function countAnew(): void {
  before = microseconds();
}

export function usage(): Usage {
  return {
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    cpuSeconds: Math.round((microseconds() - before) / 10_000) / 100,
  };
}

function microseconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return userCPUTime + systemCPUTime;
}

/** Rows a second since then; 0 for none. */
export function pace(rows: number, startedAt: string): number {
  const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
  return seconds > 0 ? Math.round(rows / seconds) : 0;
}
