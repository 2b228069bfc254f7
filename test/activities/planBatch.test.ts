import { StorageError } from '@etl/storage/objectStore';
import { planBatch } from '../../activities/planBatch';
import { MemoryStore } from '../support/fakePorts';

const places = { rawBase: 's3://raw', cleanBase: 's3://clean' };
const scheduledAt = '2026-02-08T23:30:00Z';
const planned = (
  request: unknown,
  store: Pick<MemoryStore, 'list'> = new MemoryStore(),
  at = places as Parameters<typeof planBatch>[1],
) => planBatch(store, at, { request, scheduledAt });

test('resolves the places, and the day of the schedule in its time zone', async () => {
  expect(await planned({ prefix: 'ventas', timeZone: 'Europe/Madrid', dayOffset: -1 })).toEqual({
    valid: true,
    plan: {
      prefix: 's3://raw/ventas',
      rawBase: 's3://raw',
      from: '2026-02-08',
      to: '2026-02-08',
      mode: 'missing',
      maxConcurrent: 20,
      onFailure: 'fail',
      minFiles: 1,
      detail: {},
      destination: 's3://clean',
      priority: 3,
    },
  });
});

test.each<[string, unknown, RegExp]>([
  ['a value that is not an object', 'x', /./],
  ['an unknown key', { prefix: 'a', concurency: 3 }, /concurency/],
  ['`from` without `to`', { prefix: 'a', from: '2026-02-01' }, /^to: from and to must be set together/],
  [
    'too many days',
    { prefix: 'a', from: '2016-01-01', to: '2026-01-08' },
    /^to: "2026-01-08" is 3660 days or more after from/,
  ],
  ['an invalid priority', { prefix: 'a', priority: 6 }, /^priority: /],
  ['an unknown placeholder', { prefix: 'a/{yyy}' }, /^prefix: unknown placeholder \{yyy\}/],
  [
    'a day without its month, for a range of months',
    { prefix: 'a/{dd}', from: '2026-02-01', to: '2026-03-31' },
    /\{dd\} without \{MM\}/,
  ],
  ['a match with a folder', { prefix: 'a', match: 'b/*.csv' }, /^match: contains \//],
  ['an unknown key of the event', { prefix: 'a', detail: { dialekt: {} } }, /^detail\.dialekt: unknown key/],
  [
    'a key that is derived for each file',
    { prefix: 'a', detail: { s3Key: 'x' } },
    /^detail\.s3Key: is set for each file: remove it/,
  ],
  ['an unknown scheme', { prefix: 'ftp://host/x' }, /^prefix: "ftp:\/\/host\/…" is not an s3:/],
])('refuses %s', async (_, request, reason) => {
  expect(await planned(request)).toEqual({ valid: false, reasons: [expect.stringMatching(reason)] });
});

test('refuses a prefix without a scheme when there is no raw base', async () => {
  const answer = await planned({ prefix: 'a' }, new MemoryStore(), { rawBase: undefined, cleanBase: 's3://clean' });
  expect(answer).toEqual({
    valid: false,
    reasons: [expect.stringMatching(/S3_RAW_BUCKET, which a plain prefix requires, is not set$/)],
  });
});

test('a missing bucket is invalid input; denied access and an unavailable service are errors', async () => {
  const failing = (code: 'NoSuchBucket' | 'AccessDenied' | 'Unavailable') => ({
    list(uri: string): AsyncIterable<never> {
      throw new StorageError(code, uri, 'S3 answered no');
    },
  });
  expect(await planned({ prefix: 'a' }, failing('NoSuchBucket'))).toEqual({
    valid: false,
    reasons: ['prefix: s3://raw/a: S3 answered no'],
  });
  for (const code of ['AccessDenied', 'Unavailable'] as const) {
    await expect(planned({ prefix: 'a' }, failing(code))).rejects.toMatchObject({ code });
  }
});
