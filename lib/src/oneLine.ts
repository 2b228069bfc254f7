/** Returns a text of several lines as one, in linear time: without blank lines, and without the white space around them. */
export function oneLine(text: string, separator = ' '): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(separator);
}
