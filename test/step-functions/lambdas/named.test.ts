import { ConfigError } from '../../../config/errors';
import { named } from '../../../step-functions/lambdas/named';

const failing =
  (name: string, message = 'no') =>
  () =>
    Promise.reject(Object.assign(new Error(message), { name }));

test.each([
  ['AccessDeniedException', 'BadConfiguration'],
  ['ExpiredTokenException', 'CredentialsRefused'],
  ['UnrecognizedClientException', 'CredentialsRefused'],
  ['RequestTimeTooSkewed', 'CredentialsRefused'],
  ['ThrottlingException', 'ThrottlingException'],
  ['TimeoutError', 'TimeoutError'],
])('%s is %s for the state machine', async (name, type) => {
  await expect(named(failing(name))).rejects.toMatchObject({ name: type });
});

test('an invalid variable is BadConfiguration', async () => {
  const work = () => Promise.reject(new ConfigError(['S3_CLEAN_BUCKET is no bucket']));
  await expect(named(work)).rejects.toMatchObject({ name: 'BadConfiguration' });
});
