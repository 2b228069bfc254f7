/** Placeholders for the day in the prefix and the names of a batch's files. */
const placeholders = {
  yyyy: (day: string) => day.slice(0, 4),
  MM: (day: string) => day.slice(5, 7),
  dd: (day: string) => day.slice(8, 10),
  date: (day: string) => day,
} as const;

export type Placeholder = keyof typeof placeholders;

/** Joining a key without a scheme to a `file:` base percent-encodes its braces. */
const braces = /(?:\{|%7B)([^{}/%]*)(?:\}|%7D)/gi;

const isPlaceholder = (name: string): name is Placeholder => Object.hasOwn(placeholders, name);

/**
 * Returns the text with the day `YYYY-MM-DD` in place of `{yyyy}`, `{MM}`, `{dd}` and `{date}`; other text in braces
 * stays.
 */
export function renderDay(text: string, day: string): string {
  return text.replace(braces, (all, name: string) => (isPlaceholder(name) ? placeholders[name](day) : all));
}

/** Returns the names in braces that are not placeholders: `{yyy}`. */
export function unknownPlaceholders(text: string): string[] {
  return [...text.matchAll(braces)].flatMap(([, name = '']) => (isPlaceholder(name) ? [] : [`{${name}}`]));
}

/** Returns the placeholders that occur in any of the texts. */
export function placeholdersIn(...texts: (string | undefined)[]): ReadonlySet<Placeholder> {
  const names = texts.flatMap((text) => [...(text ?? '').matchAll(braces)].map(([, name = '']) => name));
  return new Set(names.filter(isPlaceholder));
}

/** Returns whether the placeholders determine one calendar day, and not a month or a year. */
export function namesDay(found: ReadonlySet<Placeholder>): boolean {
  return found.has('date') || (found.has('yyyy') && found.has('MM') && found.has('dd'));
}
