import { isCalendarDate } from '@etl/lib/names';

const declaration = 'batch_date=';

/** A letter or digit next to a number makes it part of a longer word; `T` and an hour may follow a day. */
const forms = [
  /(?<![A-Za-z0-9])(\d{4})([-_]?)(\d{2})\2(\d{2})(?=T\d|[^A-Za-z0-9]|$)/g,
  /(?<=^|\/)(\d{4})(\/)(\d{2})\/(\d{2})(?=\/)/g,
];

/**
 * Returns the day `YYYY-MM-DD` in a key: `2026-02-08`, `2026_02_08` or `20260208` between characters other than letters
 * and digits, or the folders `2026/02/08/`. The last of several counts, but `batch_date=…` takes precedence. Undefined
 * without a valid calendar date.
 */
export function dateOfKey(key: string): string | undefined {
  const found = forms
    .flatMap((form) => [...key.matchAll(form)])
    .map((match) => ({
      at: match.index,
      day: `${match[1]}-${match[3]}-${match[4]}`,
      declared: isDeclared(key, match.index),
    }))
    .filter(({ day }) => isCalendarDate(day))
    .sort((one, other) => Number(one.declared) - Number(other.declared) || one.at - other.at);
  return found.at(-1)?.day;
}

/**
 * Returns whether `batch_date=` precedes this position at the beginning of a segment. Reads only the length of that
 * declaration.
 */
function isDeclared(key: string, at: number): boolean {
  const start = at - declaration.length;
  return key.startsWith(declaration, start) && (start === 0 || key[start - 1] === '/');
}
