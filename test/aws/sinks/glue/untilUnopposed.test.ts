import { setTimeout as sleep } from 'node:timers/promises';
import { ThrottledError } from '../../../../activities/ports';
import { ConflictError } from '../../../../aws/sinks/glue/errors';
import { untilUnopposed } from '../../../../aws/sinks/glue/untilUnopposed';

jest.mock('node:timers/promises', () => ({ setTimeout: jest.fn(() => Promise.resolve()) }));
const pauses = (): number[] => jest.mocked(sleep).mock.calls.map(([ms]) => ms ?? Number.NaN);
beforeEach(() => jest.mocked(sleep).mockClear());

/** Returns a cycle that meets other writers a number of times. */
function opposed(times: number) {
  let attempts = 0;
  return async () => {
    attempts++;
    if (attempts <= times) throw new ConflictError('Glue UpdateTable of lago.ventas: changed');
    return attempts;
  };
}

test('repeats a cycle until no other writer interferes, after random pauses of at most a second', async () => {
  expect(await untilUnopposed(opposed(39))).toBe(40);
  expect(pauses()).toHaveLength(39);
  expect(new Set(pauses()).size).toBeGreaterThan(30);
  for (const ms of pauses()) expect(ms).toBeLessThanOrEqual(1000);
});

test('gives up after 40 attempts, so that the call is repeated later', async () => {
  const applied = untilUnopposed(opposed(40));
  await expect(applied).rejects.toBeInstanceOf(ThrottledError);
  await expect(applied).rejects.toThrow(
    '40 attempts conflicted with other writers: Glue UpdateTable of lago.ventas: changed',
  );
});

test('does not repeat a cycle after another error', async () => {
  const error = new Error('no route');
  await expect(untilUnopposed(() => Promise.reject(error))).rejects.toBe(error);
  expect(pauses()).toEqual([]);
});
