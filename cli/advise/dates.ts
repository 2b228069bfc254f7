/** Milliseconds of a day. */
const dayMs = 24 * 3600 * 1000;

/** Returns the first and last date of the last `days` days in UTC, including today, as `YYYY-MM-DD`. */
export function lastDays(days: number, now: number = Date.now()): { readonly from: string; readonly to: string } {
  const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
  return { from: dateOf(now - (days - 1) * dayMs), to: dateOf(now) };
}
