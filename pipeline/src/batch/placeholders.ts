/** What stands for the day in the prefix and the name of a batch's files. */
const placeholders = {
  yyyy: (day: string) => day.slice(0, 4),
  MM: (day: string) => day.slice(5, 7),
  dd: (day: string) => day.slice(8, 10),
  date: (day: string) => day,
} as const;

export type Placeholder = keyof typeof placeholders;

/** A key without a scheme was percent-encoded when it was joined to a `file:` base. */
const braces = /(?:\{|%7B)([^{}/%]*)(?:\}|%7D)/gi;

const isPlaceholder = (name: string): name is Placeholder => Object.hasOwn(placeholders, name);

/** The text with the day `YYYY-MM-DD` in place of `{yyyy}`, `{MM}`, `{dd}` and `{date}`; what else is in braces stays. */
export function renderDay(text: string, day: string): string {
  return text.replace(braces, (all, name: string) => (isPlaceholder(name) ? placeholders[name](day) : all));
}

/** The names in braces that are no placeholder: `{yyy}`. */
export function unknownPlaceholders(text: string): string[] {
  return [...text.matchAll(braces)].flatMap(([, name = '']) => (isPlaceholder(name) ? [] : [`{${name}}`]));
}

/** Which placeholders are in one of the texts. */
export function placeholdersIn(...texts: (string | undefined)[]): ReadonlySet<Placeholder> {
  const names = texts.flatMap((text) => [...(text ?? '').matchAll(braces)].map(([, name = '']) => name));
  return new Set(names.filter(isPlaceholder));
}

/** Whether they name one day of the calendar, and not a month or a year. */
export function namesDay(found: ReadonlySet<Placeholder>): boolean {
  return found.has('date') || (found.has('yyyy') && found.has('MM') && found.has('dd'));
}
