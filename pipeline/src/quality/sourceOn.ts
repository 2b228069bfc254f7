/**
 * Returns the name of a source on another date: replaces the batch date in the name, such as 2026-02-08, 20260208,
 * 2026_02_08 or 08-02-2026. A name without its batch date does not change.
 */
export function sourceOn(source: string, batchDate: string, date: string): string {
  const [year, month, day] = batchDate.split('-') as [string, string, string];
  const [otherYear, otherMonth, otherDay] = date.split('-') as [string, string, string];
  const yearFirstForm = `${year}(?<one>[-_.]?)${month}\\k<one>${day}`;
  const dayFirstForm = `${day}(?<other>[-_.]?)${month}\\k<other>${year}`;
  const whole = new RegExp(`(?<!\\d)(?:${yearFirstForm}|${dayFirstForm})(?!\\d)`, 'g');
  return source.replace(whole, (_text, yearFirst: string | undefined, dayFirst: string | undefined) =>
    yearFirst === undefined
      ? [otherDay, otherMonth, otherYear].join(dayFirst ?? '')
      : [otherYear, otherMonth, otherDay].join(yearFirst),
  );
}
