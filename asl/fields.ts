/** An object as it was read: any field may be missing or of the wrong kind. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether it is an object, and no list. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list as it is; an empty one for anything else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The objects of a list. */
export const fieldsOf = (value: unknown): readonly Fields[] => list(value).filter(isFields);

/** The strings of a list. */
export const texts = (value: unknown): readonly string[] => list(value).filter((each) => typeof each === 'string');

/** Whether objects and lists are nested in more levels than that. It does not recurse, whatever it is given. */
export function isDeep(value: unknown, levels: number): boolean {
  let within: unknown[] = [value];
  for (let level = 0; within.length > 0; level++) {
    if (level > levels) return true;
    within = within.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}
