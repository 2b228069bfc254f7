/** A name that is safe in keys, partitions and workflow IDs: letters, digits, `_`, `-` and `.`; never empty. */
export function slug(text: string): string {
  const plain = text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  const safe = plain.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^[_.]+|_+$/g, '');
  return (safe === '' ? 'unnamed' : safe).slice(0, 100);
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
