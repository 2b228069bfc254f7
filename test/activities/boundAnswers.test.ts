import { ApplicationFailure } from '@temporalio/common';
import { boundAnswers, maxAnswerBytes } from '../../activities/boundAnswers';
import type { EtlActivities } from '../../activities/contract';

const nested: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
/** Wraps a `confirmWork` that returns another result. */
const answering = (work: () => Promise<unknown>) =>
  boundAnswers({ confirmWork: work } as unknown as EtlActivities).confirmWork({ uri: 'u' });
const errorOf = async (work: () => Promise<unknown>): Promise<Error> => {
  const error = await answering(work).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  return error as Error;
};

test('returns a result that Temporal accepts unchanged', async () => {
  for (const answer of [true, undefined, null, { a: 'x'.repeat(maxAnswerBytes - 10) }]) {
    expect(await answering(async () => answer)).toBe(answer);
  }
});

test.each<[string, unknown]>([
  ['too large', 'ñ'.repeat(maxAnswerBytes / 2)],
  ['nested too deeply', nested],
])('a result that is %s is a non-retryable failure', async (_, answer) => {
  const error = await errorOf(async () => answer);
  expect(error).toMatchObject({ nonRetryable: true, type: 'ServiceUnavailable' });
  expect(error.message).toMatch(/^the result of confirmWork has .* bytes, more than Temporal's limit of 2031616/);
});

test('keeps an error and shortens its texts, including those of its causes', async () => {
  const cause = new TypeError('y'.repeat(3_000_000));
  const thrown = new Error('x'.repeat(3_000_000), { cause });
  const error = await errorOf(() => Promise.reject(thrown));
  expect(error).toBe(thrown);
  for (const each of [error, cause]) {
    expect(each.message).toHaveLength(10_000);
    expect(each.stack?.length).toBeLessThanOrEqual(10_000);
  }
});

test('keeps the type of a failure whose details are too large', async () => {
  const details = ['x'.repeat(3_000_000)];
  const thrown = ApplicationFailure.create({ message: 'm', type: 'BadConfiguration', nonRetryable: true, details });
  const error = (await errorOf(() => Promise.reject(thrown))) as ApplicationFailure;
  expect(error).toMatchObject({ message: 'm', type: 'BadConfiguration', nonRetryable: true });
  expect(error.details ?? []).toEqual([]);
});
