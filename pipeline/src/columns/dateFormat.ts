/*
 * Formats of dates and times: a subset of the patterns of java.time.format.DateTimeFormatter.
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/format/DateTimeFormatter.html
 */

/** A number of a date or time, in the letters of a pattern. */
export type NumberField = 'year' | 'month' | 'day' | 'hour' | 'hourOfHalf' | 'minute' | 'second' | 'fraction';

export type FormatPart =
  | { readonly kind: 'literal'; readonly text: string }
  /** `digits`: the exact number of digits, or 0 for one or two. */
  | { readonly kind: 'number'; readonly field: NumberField; readonly digits: number }
  | { readonly kind: 'half' }
  /** A UTC offset. `colon`: `+02:00`, otherwise `+0200`. `short`: also `+02`. `z`: `Z` means zero. */
  | { readonly kind: 'offset'; readonly colon: boolean; readonly short: boolean; readonly z: boolean };

const number = (field: NumberField, digits: number): FormatPart => ({ kind: 'number', field, digits });
const offset = (colon: boolean, short: boolean, z: boolean): FormatPart => ({ kind: 'offset', colon, short, z });

const parts = new Map<string, FormatPart>([
  ['yyyy', number('year', 4)],
  ['uuuu', number('year', 4)],
  ['yy', number('year', 2)],
  ['MM', number('month', 2)],
  ['M', number('month', 0)],
  ['dd', number('day', 2)],
  ['d', number('day', 0)],
  ['HH', number('hour', 2)],
  ['H', number('hour', 0)],
  ['hh', number('hourOfHalf', 2)],
  ['h', number('hourOfHalf', 0)],
  ['mm', number('minute', 2)],
  ['m', number('minute', 0)],
  ['ss', number('second', 2)],
  ['s', number('second', 0)],
  ...Array.from({ length: 9 }, (_, at) => ['S'.repeat(at + 1), number('fraction', at + 1)] as const),
  ['a', { kind: 'half' }],
  ['X', offset(false, true, true)],
  ['XX', offset(false, false, true)],
  ['XXX', offset(true, false, true)],
  ['Z', offset(false, false, false)],
]);

const maxLength = 100;

/** Returns the parts of a pattern, or the problem of an invalid one. */
export function parseFormat(pattern: string): readonly FormatPart[] | string {
  if (pattern.length > maxLength) return `has more than ${maxLength} characters`;
  const found: FormatPart[] = [];
  const literal = (text: string): void => {
    const last = found.at(-1);
    if (last?.kind === 'literal') found[found.length - 1] = { kind: 'literal', text: last.text + text };
    else found.push({ kind: 'literal', text });
  };
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at] ?? '';
    if (char === "'") {
      const [quoted, inside = ''] = /^'((?:[^']|'')*)'/.exec(pattern.slice(at)) ?? [];
      if (quoted === undefined) return 'has an unclosed quote';
      literal(quoted === "''" ? "'" : inside.replaceAll("''", "'"));
      at += quoted.length;
    } else if (/[A-Za-z]/.test(char)) {
      const letters = pattern.slice(at, at + pattern.slice(at).search(new RegExp(`[^${char}]|$`)));
      const part = parts.get(letters);
      if (!part) return `has the unsupported letters ${letters}: write other text in quotes, like 'T'`;
      found.push(part);
      at += letters.length;
    } else {
      if ('[]{}#'.includes(char)) return `has the reserved character ${char}: optional parts are not supported`;
      literal(char);
      at++;
    }
  }
  return problemOf(found) ?? found;
}

function problemOf(found: readonly FormatPart[]): string | undefined {
  const names = found.flatMap((part) =>
    part.kind === 'literal' ? [] : [part.kind === 'number' ? part.field : part.kind],
  );
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) return `has the ${words[twice]} twice`;
  if (names.includes('hour') && names.includes('hourOfHalf')) return `has the hour twice`;
  if (names.includes('hourOfHalf') !== names.includes('half')) return 'must have h and a together';
  // Without a separator, the end of a number of one or two digits is ambiguous.
  const open = found.find((part, at) => {
    const next = found[at + 1];
    return part.kind === 'number' && part.digits === 0 && (next?.kind === 'number' || startsWithDigit(next));
  });
  if (open) return 'has a number of one or two digits directly before another number: write both digits, like dd';
  return undefined;
}

const startsWithDigit = (part: FormatPart | undefined): boolean => part?.kind === 'literal' && /^\d/.test(part.text);

const words = {
  ...{ year: 'year', month: 'month', day: 'day', hour: 'hour', hourOfHalf: 'hour', minute: 'minute' },
  ...{ second: 'second', fraction: 'fraction', half: 'letter a', offset: 'UTC offset' },
};

/** Returns why a format does not describe values of a type; undefined if it does. */
export function formatTypeProblem(
  format: readonly FormatPart[],
  type: 'date' | 'time' | 'timestamp' | 'timestamptz',
): string | undefined {
  const has = (name: NumberField | 'offset'): boolean =>
    format.some((part) => (part.kind === 'number' ? part.field : part.kind) === name);
  const hour = has('hour') || has('hourOfHalf');
  if (has('minute') && !hour) return 'has minutes without hours';
  if (has('second') && !has('minute')) return 'has seconds without minutes';
  if (has('fraction') && !has('second')) return 'has a fraction without seconds';
  const days = (['year', 'month', 'day'] as const).filter(has);
  if (type === 'time') {
    if (days.length > 0 || has('offset')) return 'has a date or a UTC offset, which a time does not have';
    return hour ? undefined : 'has no hour';
  }
  if (days.length < 3) return 'must have year, month and day';
  if (type === 'date' && has('offset')) return 'has a UTC offset, which a date does not have';
  return undefined;
}
