/**
 * Returns an object's own property for a key from outside. Inherited properties such as `constructor` are undefined.
 */
export function own<T>(object: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}
