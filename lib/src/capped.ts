/** Most characters of one line of a list, such as a reason or a warning. */
export const maxLine = 2000;
/** Most lines of a list of reasons, warnings or problems. */
export const maxLines = 50;

/** Returns the first `most` lines of a list, each cut to `maxLine` characters, and how many there are besides: `… and 123 more`. @default 50 */
export function capped(lines: readonly string[], most = maxLines): string[] {
  const { shown, more } = firstOf(lines, most);
  return more > 0 ? [...shown, `… and ${more} more`] : shown;
}

/** Returns the same in parts. What was left out of the list before counts too. */
export function firstOf(lines: readonly string[], most: number): { readonly shown: string[]; readonly more: number } {
  const leftOut = leftOutOf(lines);
  const all = leftOut > 0 ? lines.slice(0, -1) : lines;
  const shown = all.slice(0, most).map((line) => cut(line));
  return { shown, more: all.length - shown.length + leftOut };
}

function leftOutOf(lines: readonly string[]): number {
  return Number(/^… and (\d{1,15}) more$/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
}

/** Returns at most `most` characters of a text; one that was cut ends with `…`. @default 2000 */
export function cut(text: string, most = maxLine): string {
  if (text.length <= most) return text;
  const end = most - 1;
  // Half of a surrogate pair is not a character.
  const isHalf = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return `${text.slice(0, isHalf ? end - 1 : end)}…`;
}
