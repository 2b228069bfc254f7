/**
 * Returns the name of a source on another date: replaces the batch date in the name, such as 2026-02-08, 20260208,
 * 2026_02_08 or 08-02-2026. A name without its batch date does not change.
 */
export function sourceOn(source: string, batchDate: string, date: string): string {
  const [year, month, day] = batchDate.split('-') as [string, string, string];
  const [otherYear, otherMonth, otherDay] = date.split('-') as [string, string, string];
  const whole = new RegExp(`(?<!\\d)(?:${year}([-_.]?)${month}\\1${day}|${day}([-_.]?)${month}\\2${year})(?!\\d)`, 'g');
  return source.replace(whole, (_text, yearFirst: string | undefined, dayFirst: string | undefined) =>
    yearFirst === undefined
      ? [otherDay, otherMonth, otherYear].join(dayFirst ?? '')
      : [otherYear, otherMonth, otherDay].join(yearFirst),
  );
}
