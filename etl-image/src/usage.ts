/** What this process has used until now. */
export interface Usage {
  readonly peakMemoryMiB: number;
  readonly cpuSeconds: number;
}

export function usage(): Usage {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    peakMemoryMiB: Math.round(maxRSS / 1024),
    cpuSeconds: Math.round((userCPUTime + systemCPUTime) / 10_000) / 100,
  };
}

/** Rows a second since then; 0 for none. */
export function pace(rows: number, startedAt: string): number {
  const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
  return seconds > 0 ? Math.round(rows / seconds) : 0;
}
