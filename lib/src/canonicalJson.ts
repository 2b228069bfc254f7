import { isShallow, maxJsonDepth } from './json';

/**
 * Returns JSON with sorted keys, without undefined values: equal options give equal text.
 *
 * @throws {RangeError} for more than `maxJsonDepth` levels
 */
export function canonicalJson(value: unknown): string {
  if (!isShallow(value)) throw new RangeError(`the value has more than ${maxJsonDepth} levels of arrays and objects`);
  return JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
