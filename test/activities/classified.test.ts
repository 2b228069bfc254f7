import { StorageError } from '@etl/storage/objectStore';
import { ApplicationFailure } from '@temporalio/common';
import { classified } from '../../activities/classified';
import { CredentialsError, LightConverterError, TaskRunnerError, ThrottledError } from '../../activities/ports';

const failureOf = (error: unknown) => classified(Promise.reject(error)).catch((failure: unknown) => failure);
const withCode = (code: string, facts: object = {}) => Object.assign(new Error(code), { code, ...facts });

test.each<[string, Error, string, RegExp]>([
  ['a call that ECS rejects', new TaskRunnerError('refused'), 'BadConfiguration', /^refused$/],
  ['an unusable light lane', new LightConverterError('no function'), 'BadConfiguration', /^no function$/],
  [
    'missing credentials',
    Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
    'BadConfiguration',
    /Set AWS_PROFILE.*\.$/,
  ],
  [
    'denied access',
    new StorageError('AccessDenied', 's3://b/k', 'access is denied', { remedy: 'Grant it' }),
    'BadConfiguration',
    /^s3:\/\/b\/k: access is denied\. Grant it\.$/,
  ],
  [
    'a damaged object',
    new StorageError('Corrupt', 's3://b/k', 'cannot be read'),
    'BadConfiguration',
    /^s3:\/\/b\/k: cannot be read$/,
  ],
])('%s fails the run at once', async (_what, error, type, words) => {
  const failure = await failureOf(error);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type, nonRetryable: true, message: expect.stringMatching(words) });
});

test.each<[string, Error, string]>([
  ['an unavailable service', withCode('ECONNREFUSED', { address: '127.0.0.1', port: 1 }), 'ServiceUnavailable'],
  [
    'storage that does not respond',
    new StorageError('Unavailable', 's3://b/k', 'no answer from S3'),
    'ServiceUnavailable',
  ],
  ['a full disk', new StorageError('NoSpace', 'file:///x', 'no space is left'), 'ServiceUnavailable'],
  ['throttling', new ThrottledError('later'), 'Throttled'],
  ['throttling by S3', new StorageError('Throttled', 's3://b/k', 'slow down'), 'Throttled'],
  ['throttling by SNS', Object.assign(new Error('Rate exceeded'), { name: 'ThrottledException' }), 'Throttled'],
  ['throttling by KMS', Object.assign(new Error('no'), { name: 'KMSThrottlingException' }), 'Throttled'],
])('%s is retried', async (_what, error, type) => {
  expect(await failureOf(error)).toMatchObject({ type, nonRetryable: false });
});

test.each<[string, Error]>([
  ['ECS', new CredentialsError('ECS RunTask: the AWS credentials have expired. Renew the credentials.')],
  [
    'S3',
    new StorageError('Credentials', 's3://b/k', 'the AWS credentials have expired', {
      remedy: 'Renew the credentials',
    }),
  ],
  ['any client', Object.assign(new Error('expired'), { name: 'ExpiredTokenException' })],
])(
  'credentials that %s refuses become a CredentialsError for the caller, which counts the attempts',
  async (_what, error) => {
    const failure = await failureOf(error);
    expect(failure).toBeInstanceOf(CredentialsError);
    expect((failure as Error).message).toMatch(/the AWS credentials have expired\. Renew the credentials\.$/);
  },
);

test.each([new Error('anything'), new StorageError('SourceChanged', 's3://b/k', 'it changed')])(
  "%s is left to Temporal's retry policy",
  async (error) => {
    expect(await failureOf(error)).toBe(error);
  },
);
