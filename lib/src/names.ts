/**
 * Maximum number of characters that are read of a name; S3 keys and file names are not longer. ICU's normalization
 * takes quadratic time in the combining marks after a letter.
 */
const maxNameChars = 1024;

/**
 * Returns a name that is safe in keys, partitions and workflow IDs: ASCII letters, digits, `_`, `-` and `.`; never
 * empty.
 */
export function slug(text: string): string {
  const plain = text
    .slice(0, maxNameChars)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '');
  const safe = trim(plain.replace(/[^A-Za-z0-9_.-]+/g, '_'), '_.', '_');
  return (safe === '' ? 'unnamed' : safe).slice(0, 100);
}

/** Bytes of UTF-8. A file name has at most 255, and also holds a hash and the name of a partition column. */
const maxNameBytes = 80;

/**
 * Returns the readable part of a name: letters, marks and digits of any script, `_`, `-` and `.`; at most 80 bytes of
 * UTF-8, in Unicode's normal form C, never empty. Different texts may have the same readable name.
 */
export function readableName(text: string): string {
  const plain = text
    .slice(0, maxNameChars)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '_');
  const name = trim(cutToBytes(trim(plain, '_.-', '_'), maxNameBytes), '', '_');
  return name === '' ? 'unnamed' : name;
}

/** Returns the longest prefix of a text with at most `maxBytes` bytes of UTF-8, without splitting a character. */
export function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Trims in linear time, unlike a regular expression with `+$`. */
function trim(text: string, leading: string, trailing: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && leading.includes(text.charAt(start))) start++;
  while (end > start && trailing.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Removes the extensions of data files and compression: `ventas_2026_02.csv.gz` becomes `ventas_2026_02`. */
export function stem(fileName: string): string {
  return fileName.replace(/\.(gz|zst|zip|bz2)$/i, '').replace(/\.(csv|tsv|txt|psv|dat)$/i, '');
}

/** Returns whether a text is a day of the calendar in the form `YYYY-MM-DD`. 2026-02-30 is not. */
export function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match || match[1] === '0000') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
