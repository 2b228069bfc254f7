import { isDeepStrictEqual } from 'node:util';

/**
 * Asserts as `expect(found).toEqual(wanted)`, for loops of thousands: an assertion costs a hundred times as much as a
 * comparison.
 */
export function expectEqual(found: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(found, wanted)) expect(found).toEqual(wanted);
}
