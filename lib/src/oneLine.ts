/** Joins the lines of a text into one, in linear time. Removes blank lines and the white space around lines. */
export function oneLine(text: string, separator = ' '): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(separator);
}
