/** Returns a number with separators of thousands: `1,234,567`. */
export const number = (value: number): string => value.toLocaleString('en-US');

/** Returns a size in megabytes (10^6 bytes) with one decimal: `16.7 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Returns a count with its noun, which takes an `s` in the plural: `1 part`, `3 parts`. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}
