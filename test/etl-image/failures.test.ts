import { failureOf } from '@etl/image/config/failures';
import * as errors from '@etl/image/errors';
import { StorageError, type StorageErrorCode } from '@etl/storage/objectStore';
import { etl } from '../support/system';

test.each<[string, Error, number, RegExp]>([
  [
    'a read-only scratch folder',
    Object.assign(new Error('x'), { code: 'EROFS', path: '/s' }),
    78,
    /^\/s: the file system is read-only$/,
  ],
  ['a full scratch folder', Object.assign(new Error('x'), { code: 'ENOSPC' }), 74, /no space/],
  [
    'storage without credentials',
    new StorageError('Misconfigured', 's3://b/k', 'no AWS credentials were found'),
    78,
    /^s3:\/\/b\/k: no AWS/,
  ],
  [
    'a bucket that does not exist',
    new StorageError('NoSuchBucket', 's3://b/k', 'the bucket does not exist'),
    78,
    /the bucket does not exist/,
  ],
  [
    'expired credentials, since another task may get new ones',
    new StorageError('Credentials', 's3://b/k', 'the AWS credentials have expired', {
      remedy: 'Renew the credentials',
    }),
    77,
    /have expired/,
  ],
  [
    'a credential provider that does not respond',
    Object.assign(new Error('Error response received from instance metadata'), { name: 'CredentialsProviderError' }),
    77,
    /could not be fetched/,
  ],
  ['storage that throttles', new StorageError('Throttled', 's3://b/k', 'too many requests'), 69, /too many requests/],
  ['unavailable storage', new StorageError('Unavailable', 's3://b/k', 'no response from S3'), 69, /no response/],
])('%s', (_what, error, exitCode, cause) => {
  expect(failureOf(error)).toMatchObject({ exitCode, cause: expect.stringMatching(cause) });
});

test('the remedy of a cause takes precedence over that of its kind', () => {
  const error = new StorageError('Misconfigured', 's3://b/k', 'no AWS region is set', { remedy: 'Set AWS_REGION' });
  expect(failureOf(error).remedy).toBe('Set AWS_REGION');
});

const storageCodes: readonly StorageErrorCode[] = [
  ...(['NotFound', 'NoSuchBucket', 'AccessDenied', 'Misconfigured', 'ReadOnly', 'NoSpace', 'Unavailable'] as const),
  ...(['SourceChanged', 'Corrupt'] as const),
];
const { ReconcileError, StoppedError, ...withMessage } = errors;
test.each<readonly [string, Error]>([
  ...storageCodes.map((code) => [code, new StorageError(code, 's3://b/k', 'x')] as const),
  ...Object.entries(withMessage).map(([name, Kind]) => [name, new Kind('x')] as const),
  ['ReconcileError', new ReconcileError('x', 's3://b/r')],
  ['SIGTERM', new StoppedError('signal')],
  ['TIMEOUT_SECONDS', new StoppedError('timeout')],
  ['an unexpected error', new Error('x')],
])('the remedy of %s starts with a capital letter and has no full stop', (_what, error) => {
  expect(failureOf(error).remedy).toMatch(/^[A-Z].*[^.]$/);
});

const blank = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
];
const without = (changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(blank.map((name) => [name, undefined])),
  ...{
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  },
  ...changes,
});
const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };

test.concurrent.each<[string, NodeJS.ProcessEnv, number, RegExp]>([
  ['no credentials', { AWS_REGION: 'us-east-1' }, 78, /no AWS credentials were found\nSet AWS_PROFILE/],
  ['no region', keys, 78, /no AWS region is set\nSet AWS_REGION\n/],
  [
    'an unreachable endpoint',
    { ...keys, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' },
    69,
    /the connection to 127\.0\.0\.1:1 is refused\n/,
  ],
  [
    'an endpoint that is not a URL',
    { ...keys, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: 'nowhere' },
    78,
    /not a URL/,
  ],
])('etl convert with %s fails with the specific cause', async (_what, changes, exitCode, words) => {
  const ended = await etl(['convert', 's3://bucket/file.csv', '--out', 's3://bucket/lake'], without(changes));
  expect(ended.stderr).toMatch(words);
  expect(ended.exitCode).toBe(exitCode);
});
