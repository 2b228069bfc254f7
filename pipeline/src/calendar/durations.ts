import { CliError, usageExitCode } from '@etl/lib/cliError';

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Catch-up window of a schedule that declares none, in milliseconds. */
export const defaultCatchupMs = 24 * units.h;

/** Parses an option that takes a duration, such as `90s`, `10m`, `24h`, `2d`, `1h30m`. Returns milliseconds. */
export function duration(text: string): number {
  if (/^(?:\d+[smhd])+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+)([smhd])/g)];
    return parts.reduce((sum, [, value, unit]) => sum + Number(value) * units[unit as keyof typeof units], 0);
  }
  throw new CliError(`${text} is not a duration`, 'Use a form such as 90s, 10m, 24h or 2d', usageExitCode);
}

/** Formats milliseconds as in `1d 2h` or `10m`; `0s` for zero. */
export function showDuration(milliseconds: number): string {
  let left = milliseconds;
  const parts = (['d', 'h', 'm', 's'] as const).flatMap((unit) => {
    const value = Math.floor(left / units[unit]);
    left -= value * units[unit];
    return value > 0 ? [`${value}${unit}`] : [];
  });
  return parts.join(' ') || '0s';
}
