/** Maximum length of one line of a list, such as a reason or a warning, in characters. */
export const maxLine = 2000;
/** Maximum number of lines of a list of reasons, warnings or problems. */
export const maxLines = 50;

/**
 * Returns the first `max` lines of a list, each truncated to `maxLine` characters, and the number of omitted lines: `…
 * and 123 more`.
 * @default max 50
 */
export function capped(lines: readonly string[], max = maxLines): string[] {
  const { shown, more } = firstOf(lines, max);
  return more > 0 ? [...shown, `… and ${more} more`] : shown;
}

/** Returns the first lines and the number of omitted ones, including those that `capped` omitted before. */
export function firstOf(lines: readonly string[], max: number): { readonly shown: string[]; readonly more: number } {
  const omitted = omittedFrom(lines);
  const all = omitted > 0 ? lines.slice(0, -1) : lines;
  const shown = all.slice(0, max).map((line) => cut(line));
  return { shown, more: all.length - shown.length + omitted };
}

function omittedFrom(lines: readonly string[]): number {
  return Number(/^… and (\d{1,15}) more$/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
}

/** Truncates a text to `max` characters. A truncated text ends with `…`. @default max 2000 */
export function cut(text: string, max = maxLine): string {
  if (text.length <= max) return text;
  const end = max - 1;
  // Does not split a surrogate pair.
  const isHalf = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return `${text.slice(0, isHalf ? end - 1 : end)}…`;
}
