/** Returns what an object itself has under a key that comes from outside: in `{}`, `constructor` finds nothing. */
export function own<T>(object: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}
