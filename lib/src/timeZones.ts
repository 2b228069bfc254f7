const minute = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Returns a cached format: creating one takes far longer than using it. @throws {RangeError} for an unknown time zone
 */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...fields });
  formats.set(timeZone, format);
  return format;
}

/** Returns whether the IANA database of this Node has a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the local time of a time zone at an instant, in whole minutes: the UTC instant with the same date and time of
 * day. Both instants are in milliseconds since the epoch.
 */
export function wallClock(timeZone: string, instant: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minutes);
}

/** Returns the UTC offset of a time zone at an instant (milliseconds since the epoch), in minutes. */
export function offsetMinutes(timeZone: string, instant: number): number {
  return (wallClock(timeZone, instant) - Math.floor(instant / minute) * minute) / minute;
}

/** Returns the calendar day `YYYY-MM-DD` of an instant in a time zone, plus `offset` days. @default offset 0 */
export function dayIn(timeZone: string, instant: Date, offset = 0): string {
  return addDays(new Date(wallClock(timeZone, instant.getTime())).toISOString().slice(0, 10), offset);
}

/** Returns the calendar day that is `days` after a day `YYYY-MM-DD`. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Returns every calendar day from one to another, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}
