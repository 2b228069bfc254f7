/** An object of unknown origin: any field may be missing or of the wrong type. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns whether a value is an object and not an array. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns an array unchanged, and an empty array for anything else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Returns the objects in an array. */
export const fieldsOf = (value: unknown): readonly Fields[] => list(value).filter(isFields);

/** Returns the strings in an array. */
export const texts = (value: unknown): readonly string[] => list(value).filter((each) => typeof each === 'string');

/**
 * Returns whether objects and arrays are nested deeper than `levels`. Iterative, so that deep input cannot overflow the
 * stack.
 */
export function isDeep(value: unknown, levels: number): boolean {
  let within: unknown[] = [value];
  for (let level = 0; within.length > 0; level++) {
    if (level > levels) return true;
    within = within.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}
