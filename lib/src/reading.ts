/** Result of reading a message from outside: its value, or the problem. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** Reads a message of any shape. Never throws. */
export type Read<T> = (input: unknown) => Reading<T>;

/** Stands for a value from outside whose bytes could not be decoded. It reads as its problem. */
export class Undecoded {
  constructor(readonly problem: string) {}
}

export type Fields = Readonly<Record<string, unknown>>;

/** Returns the fields of an object; no fields for anything else, so that each of them is missing. */
export function fieldsOf(input: unknown): Fields {
  return input !== null && typeof input === 'object' && !Array.isArray(input) ? (input as Fields) : {};
}

/** Returns whether a value is a text of at most `max` characters. */
export function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max;
}

/** Returns whether a value is a whole number between `min` and `max`. */
export function isWhole(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

/** Returns whether a value is a finite number that is not negative. */
export function isAmount(value: unknown): value is number {
  return Number.isFinite(value) && Number(value) >= 0;
}
