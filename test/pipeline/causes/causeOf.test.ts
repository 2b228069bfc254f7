import type { CauseKind } from '@etl/pipeline/causes/cause';
import { classOfKind, exitCodeOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, causeRows, inWords } from '@etl/pipeline/causes/causeOf';

/** An error with the fields that the client libraries set. */
const error = (message: string, facts: object = {}) => Object.assign(new Error(message), facts);
const named = (name: string, message = 'said so') => error(message, { name });
const status = (httpStatusCode: number) => error('UnknownError', { name: 'Unknown', $metadata: { httpStatusCode } });
const grpc = (code: number, details: string) => error(`${code}: ${details}`, { code, details });
const provider = (message: string) => named('CredentialsProviderError', message);

test.each<[string, Error, CauseKind, RegExp]>([
  ['no credentials', provider('Could not load credentials from any providers'), 'Misconfigured', /no AWS credentials/],
  ['an unknown profile', provider('Could not resolve credentials using profile: [x]'), 'Misconfigured', /AWS_PROFILE/],
  [
    'an expired SSO session',
    provider('The SSO session associated with this profile has expired'),
    'Misconfigured',
    /aws sso login/,
  ],
  [
    'a provider that fails',
    provider('Error response received from instance metadata'),
    'Credentials',
    /could not be fetched/,
  ],
  ['no region', error('Region is missing'), 'Misconfigured', /Set AWS_REGION/],
  ['an unknown access key', named('InvalidAccessKeyId'), 'Credentials', /does not know the access key: said so/],
  ['an unknown token', named('UnrecognizedClientException'), 'Credentials', /does not know the access key/],
  ['a wrong secret', named('SignatureDoesNotMatch'), 'Credentials', /AWS_SECRET_ACCESS_KEY/],
  ['expired credentials', named('ExpiredTokenException'), 'Credentials', /have expired/],
  ['expired credentials of S3', named('ExpiredToken'), 'Credentials', /Renew the credentials/],
  [
    'expired credentials in another error',
    named('ClientException', 'The security token included in the request is expired'),
    'Credentials',
    /Renew the credentials/,
  ],
  [
    'an unknown token in another error',
    named('AccessDeniedException', 'The security token included in the request is invalid.'),
    'Credentials',
    /does not know the access key/,
  ],
  ['a wrong clock', named('RequestTimeTooSkewed'), 'Credentials', /clock/],
  [
    'a clock in the past',
    named('InvalidSignatureException', 'Signature expired: 20260208T000000Z is now earlier than 20260208T000500Z'),
    'Credentials',
    /Synchronize the clock/,
  ],
  [
    'a clock in the future',
    named(
      'InvalidSignatureException',
      'Signature not yet current: 20260208T001000Z is still later than 20260208T000500Z',
    ),
    'Credentials',
    /Synchronize the clock/,
  ],
  ['a request without a signature', named('MissingAuthenticationToken'), 'Misconfigured', /not signed/],
  ['throttling', named('ThrottlingException', 'Rate exceeded'), 'Throttled', /throttles requests: Rate exceeded/],
  ['a quota', named('ClientException', 'vCPU limit exceeded'), 'Throttled', /quota.*vCPU limit exceeded/],
  ['throttling by status', status(429), 'Throttled', /Try again later/],
  ['a blocked account', named('ClientException', 'Your account is currently blocked'), 'Misconfigured', /AWS Support/],
  ['a missing bucket', named('NoSuchBucket'), 'NoSuchBucket', /the bucket does not exist/],
  ['an invalid bucket name', named('InvalidBucketName'), 'NoSuchBucket', /not a valid bucket name/],
  [
    'another region',
    named('AuthorizationHeaderMalformed', "expecting 'eu-west-1'"),
    'Misconfigured',
    /another region: expecting 'eu-west-1'/,
  ],
  ['another region, by status', status(301), 'Misconfigured', /AWS_REGION/],
  ['no queue', named('QueueDoesNotExist'), 'Misconfigured', /the SQS queue does not exist/],
  ['no topic', named('NotFoundException', 'Topic does not exist'), 'Misconfigured', /the SNS topic does not exist/],
  ['no permission', named('AccessDeniedException', 'not authorized'), 'AccessDenied', /denied: not authorized/],
  ['no permission, by status', status(403), 'AccessDenied', /s3:ListBucket/],
  [
    'an unknown host',
    error('getaddrinfo', { code: 'ENOTFOUND', hostname: 's3.invalid' }),
    'Misconfigured',
    /the host s3\.invalid does not exist/,
  ],
  [
    'an unknown region',
    error('getaddrinfo ENOTFOUND s3.x.amazonaws.com', { code: 'ENOTFOUND', hostname: 's3.x.amazonaws.com' }),
    'Misconfigured',
    /AWS_REGION/,
  ],
  [
    'unavailable name servers',
    error('getaddrinfo', { code: 'EAI_AGAIN', hostname: 'h' }),
    'Unavailable',
    /cannot be resolved/,
  ],
  [
    'a closed port',
    error('connect', { code: 'ECONNREFUSED', address: '127.0.0.1', port: 1 }),
    'Unavailable',
    /127\.0\.0\.1:1 is refused/,
  ],
  [
    'an unavailable host',
    error('connect', { code: 'EHOSTUNREACH', address: '10.0.0.1', port: 443 }),
    'Unavailable',
    /no connection to 10\.0\.0\.1:443/,
  ],
  ['a timeout', named('TimeoutError'), 'Unavailable', /no response in time/],
  ['a broken connection', error('socket hang up', { code: 'ECONNRESET' }), 'Unavailable', /connection was lost/],
  [
    'plain text where TLS is expected',
    error('write EPROTO:wrong version number', { code: 'EPROTO' }),
    'Misconfigured',
    /does not speak TLS/,
  ],
  [
    'an unknown authority',
    error('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'Misconfigured',
    /not trusted: self-signed/,
  ],
  ['not HTTP', error('Parse Error', { code: 'HPE_INVALID_CONSTANT' }), 'Misconfigured', /does not speak HTTP/],
  ['not a URL', error('Invalid URL', { code: 'ERR_INVALID_URL' }), 'Misconfigured', /not a URL/],
  ['no port', error('99999', { code: 'ERR_SOCKET_BAD_PORT' }), 'Misconfigured', /not a port/],
  [
    'no namespace',
    named('NamespaceNotFoundError', "Namespace not found: 'nope'"),
    'Misconfigured',
    /'nope'.*temporal operator namespace create/,
  ],
  ['no namespace, by status', grpc(5, 'Namespace nope is not found.'), 'Misconfigured', /TEMPORAL_NAMESPACE/],
  [
    'a missing permission in Temporal',
    grpc(7, 'Request unauthorized.'),
    'AccessDenied',
    /denies access: Request unauthorized/,
  ],
  ['no API key', grpc(16, 'Jwt is missing'), 'Misconfigured', /TEMPORAL_API_KEY/],
  ['an unavailable server', grpc(14, 'upstream'), 'Unavailable', /does not respond: upstream/],
  [
    'not an address of Temporal',
    error("Invalid address for Temporal gRPC endpoint: got 'http://x'"),
    'Misconfigured',
    /host:port/,
  ],
  ['Temporal behind an HTTP port', error('', { code: 'ETL_PORT_HTTP' }), 'Misconfigured', /HTTP\/1/],
  ['Temporal behind TLS', error('', { code: 'ETL_PORT_TLS' }), 'Misconfigured', /expects TLS/],
  ['Temporal behind a silent port', error('', { code: 'ETL_PORT_SILENT' }), 'Unavailable', /does not respond/],
  ['no file', error('', { code: 'ENOENT' }), 'NotFound', /the file does not exist/],
  ['a file for a folder', error('', { code: 'ENOTDIR' }), 'NotFound', /not a folder/],
  ['a folder for a file', error('', { code: 'EISDIR' }), 'NotFound', /not a file/],
  ['a long name', error('', { code: 'ENAMETOOLONG' }), 'NotFound', /longer/],
  ['a loop of links', error('', { code: 'ELOOP' }), 'NotFound', /loop/],
  ['a protected file', error('', { code: 'EACCES' }), 'AccessDenied', /denies access/],
  ['a read-only file system', error('', { code: 'EROFS' }), 'ReadOnly', /read-only/],
  ['a full disk', error('', { code: 'ENOSPC' }), 'NoSpace', /no space/],
  ['too many open files', error('', { code: 'EMFILE' }), 'Unavailable', /ulimit/],
])('%s', (_what, thrown, kind, words) => {
  const cause = causeOf(thrown, {});
  expect(cause?.kind).toBe(kind);
  expect(cause && inWords(cause)).toMatch(words);
});

test.each<[string, Readonly<Record<string, string>>, CauseKind]>([
  ['of a task', { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' }, 'Credentials'],
  ['of a pod', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1' }, 'Credentials'],
  ['of a web identity', { AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token' }, 'Credentials'],
  ['of an instance', { ON_EC2_INSTANCE: 'true' }, 'Credentials'],
  [
    'of the metadata service at an address',
    { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://[fd00:ec2::254]' },
    'Credentials',
  ],
  ['of an instance without metadata', { ON_EC2_INSTANCE: 'true', AWS_EC2_METADATA_DISABLED: 'true' }, 'Misconfigured'],
  ['without a provider', { AWS_REGION: 'eu-west-1' }, 'Misconfigured'],
])('missing credentials %s', (_what, env, kind) => {
  expect(causeOf(provider('Could not load credentials from any providers'), env)?.kind).toBe(kind);
});

test('ignores words about limits in a path and in errors of this program', () => {
  expect(causeOf(error("no such file, open '/data/rate exceeded/x.csv'", { code: 'ENOENT' }), {})?.kind).toBe(
    'NotFound',
  );
  expect(causeOf(error("column 'rate exceeded' is not declared"), {})).toBeUndefined();
});

test('finds the cause of an error and the last of several attempts', () => {
  const refused = error('connect', { code: 'ECONNREFUSED', address: '::1', port: 7 });
  const both = error('', { code: 'ECONNREFUSED', errors: [error('connect', { code: 'ETIMEDOUT' }), refused] });
  const outer = new Error('Failed to connect to Temporal server', { cause: new Error('inner', { cause: both }) });
  expect(causeOf(outer, {})?.sentence).toBe('the connection to ::1:7 is refused');
});

test.each([new Error('anything'), 'text', undefined, status(500)])('%s has no known cause', (unknown) => {
  expect(causeOf(unknown, {})).toBeUndefined();
});

test('stops at an error that is its own cause', () => {
  const circular = new Error('round');
  circular.cause = circular;
  expect(causeOf(circular, {})).toBeUndefined();
});

test('maps bad configuration to exit code 78 and an unavailable service to 69', () => {
  expect([classOfKind('Misconfigured'), exitCodeOfKind('Misconfigured')]).toEqual(['BadConfiguration', 78]);
  expect([classOfKind('Credentials'), exitCodeOfKind('Credentials')]).toEqual(['Credentials', 78]);
  expect([classOfKind('Throttled'), exitCodeOfKind('Throttled')]).toEqual(['Throttled', 69]);
  expect([classOfKind('Unavailable'), exitCodeOfKind('Unavailable')]).toEqual(['ServiceUnavailable', 69]);
});

test('sentences have no full stop, and remedies begin with a capital letter', () => {
  for (const { sentence, remedy } of causeRows) {
    expect(sentence).toMatch(/[^.]$/);
    expect(remedy).toMatch(/^[A-Z].*[^.]$/);
  }
});
