/** Returns `1.4 s`, `2 min 5 s`, `3 h 12 min` or `2 d 3 h`. */
export function showSeconds(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1).replace('.0', '')} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const units: readonly (readonly [string, number, string, number])[] = [
    ['d', 86_400, 'h', 3600],
    ['h', 3600, 'min', 60],
    ['min', 60, 's', 1],
  ];
  for (const [unit, size, smaller, part] of units) {
    if (whole < size) continue;
    const rest = Math.floor((whole % size) / part);
    return `${Math.floor(whole / size)} ${unit}${rest > 0 ? ` ${rest} ${smaller}` : ''}`;
  }
  return `${whole} s`;
}

/** Returns US dollars with four decimals below a dollar, else two. */
export function showUsd(usd: number): string {
  return `$${usd === 0 || usd >= 1 ? usd.toFixed(2) : usd.toFixed(4)}`;
}

/** Returns `2026-02-08 02:30:05 UTC` for a time in ISO 8601. */
export function showTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Returns `950`, `12.3k`, `1.2M` or `3.4G`. */
export function showShort(value: number): string {
  const [size, unit] = (
    [
      [1e9, 'G'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([least]) => value >= least) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))}${unit}`;
}

export const showPercent = (share: number): string =>
  `${Number((share * 100).toPrecision(share > 0 && share < 0.01 ? 1 : 3))} %`;

/** Returns the seconds between two times in ISO 8601, at least 0. */
export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
