/** Returns a number with separators of thousands: `1,234,567`. */
export const number = (value: number): string => value.toLocaleString('en-US');

const units: readonly [number, string][] = [
  [2 ** 40, 'TiB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
];

/** Returns `84 MB`, `2.3 GB`, `1 TiB` or `12 B`: decimal units below a tebibyte. */
export function describeBytes(bytes: number): string {
  const [unit, name] = units.find(([size]) => bytes >= size) ?? [1, 'B'];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}

/** Returns a count with its noun, which takes an `s` in the plural by default: `1 part`, `3 parts`, `2 batches`. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}
