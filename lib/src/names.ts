/**
 * Characters that are read of a name. ICU takes time in the square of the combining marks that follow a letter; a key in S3 is
 * not longer, and neither is the name of a file.
 */
const maxNameChars = 1024;

/** Returns a name that is safe in keys, partitions and workflow IDs: ASCII letters, digits, `_`, `-` and `.`; never empty. */
export function slug(text: string): string {
  const plain = text
    .slice(0, maxNameChars)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '');
  const safe = trim(plain.replace(/[^A-Za-z0-9_.-]+/g, '_'), '_.', '_');
  return (safe === '' ? 'unnamed' : safe).slice(0, 100);
}

/** In bytes of UTF-8. A file name has 255 of them, and a hash and the name of a partition column stand beside it. */
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

/** Returns the longest beginning of a text that has at most so many bytes in UTF-8, without cutting a character. */
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

/** In linear time, which a regular expression with `+$` does not promise. */
function trim(text: string, leading: string, trailing: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && leading.includes(text.charAt(start))) start++;
  while (end > start && trailing.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** `ventas_2026_02` of `ventas_2026_02.csv.gz`: without the extensions of data files and compression. */
export function stem(fileName: string): string {
  return fileName.replace(/\.(gz|zst|zip|bz2)$/i, '').replace(/\.(csv|tsv|txt|psv|dat)$/i, '');
}

/** True for a real day of the calendar written `YYYY-MM-DD`: 2026-02-30 is none. */
export function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match || match[1] === '0000') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
