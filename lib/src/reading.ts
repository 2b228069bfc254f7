/** What was made of a message from outside: its value, or why it cannot be used. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** Reads a message of any shape. Never throws. */
export type Read<T> = (input: unknown) => Reading<T>;

/** Stands for a value from outside whose bytes could not be decoded. It reads as its problem. */
export class Undecoded {
  constructor(readonly problem: string) {}
}

export type Fields = Readonly<Record<string, unknown>>;

/** Returns the fields of an object; none for anything else, so that each of them is missing. */
export function fieldsOf(input: unknown): Fields {
  return input !== null && typeof input === 'object' && !Array.isArray(input) ? (input as Fields) : {};
}

/** Returns whether a value is a text of at most so many characters. */
export function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}

/** Returns whether a value is a whole number in a range. */
export function isWhole(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** Returns whether a value is a number that can be an amount: finite, and not negative. */
export function isAmount(value: unknown): value is number {
  return Number.isFinite(value) && Number(value) >= 0;
}
