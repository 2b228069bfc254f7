import { isCalendarDate } from '@etl/lib/names';
import { baseName, pathBelow } from '@etl/lib/uri';

/** Dates in a path, as `dateOfKey` finds them, with the placeholders that stand for them. */
const dates: readonly (readonly [RegExp, string])[] = [
  [/(?<=^|\/)(\d{4})\/(\d{2})\/(\d{2})(?=\/)/, '{yyyy}/{MM}/{dd}'],
  [/(?<![A-Za-z0-9])(\d{4})-(\d{2})-(\d{2})(?![A-Za-z0-9])/, '{date}'],
  [/(?<![A-Za-z0-9])(\d{4})_(\d{2})_(\d{2})(?![A-Za-z0-9])/, '{yyyy}_{MM}_{dd}'],
  [/(?<![A-Za-z0-9])(\d{4})(\d{2})(\d{2})(?![A-Za-z0-9])/, '{yyyy}{MM}{dd}'],
];

/**
 * Returns a source pattern for files like this one: its path with placeholders for the date, or without a date all
 * files of its folder with the same extension. The path is relative to the raw base if the file lies below it.
 */
export function inferPattern(uri: string, rawBase: string | undefined): string {
  const path = (rawBase === undefined ? undefined : pathBelow(rawBase, uri)) ?? uri;
  const scheme = /^[a-z0-9]+:\/\//.exec(path)?.[0] ?? '';
  let found = false;
  const dated = dates.reduce((text, [form, placeholders]) => {
    return text.replace(form, (all, year: string, month: string, day: string) => {
      if (!isCalendarDate(`${year}-${month}-${day}`)) return all;
      found = true;
      return placeholders;
    });
  }, path.slice(scheme.length));
  if (found) return scheme + dated;
  const name = baseName(uri);
  const extension = /(\.[A-Za-z]{2,4}){0,2}$/.exec(name)?.[0] ?? '';
  return `${path.slice(0, path.lastIndexOf('/') + 1)}*${extension}`;
}
