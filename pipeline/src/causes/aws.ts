import type { CauseRow } from './cause';

const providerErrors = ['CredentialsProviderError', 'TokenProviderError', 'ProviderError'];

/** Credentials, region, permissions and resources of an AWS account. The first matching row counts. */
export const awsCauses: readonly CauseRow[] = [
  {
    codes: providerErrors,
    says: /sso (session|token)|aws sso login/i,
    kind: 'Misconfigured',
    sentence: 'the AWS single sign-on session has expired',
    remedy: 'Run aws sso login',
  },
  {
    codes: providerErrors,
    says: /could not load credentials from any providers/i,
    remoteProvider: true,
    kind: 'Credentials',
    sentence: 'the provider of AWS credentials does not respond, or this process has no role',
    remedy: 'Check the role of the task or instance, or the web identity token file',
  },
  {
    codes: providerErrors,
    says: /could not (load|resolve) credentials|could not be found|not found in/i,
    kind: 'Misconfigured',
    sentence: 'no AWS credentials were found',
    remedy: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the process a role',
  },
  {
    codes: [...providerErrors, 'InvalidIdentityToken', 'IDPCommunicationError'],
    kind: 'Credentials',
    sentence: 'AWS credentials could not be fetched: {message}',
    remedy: 'Check the credential provider of this process',
  },
  {
    says: /^Region is missing$/,
    kind: 'Misconfigured',
    sentence: 'no AWS region is set',
    remedy: 'Set AWS_REGION',
  },
  {
    codes: [
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
      'IncompleteSignature',
      'IncompleteSignatureException',
    ],
    kind: 'Misconfigured',
    sentence: 'the request is not signed: {message}',
    remedy: 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and proxies that change requests',
  },
  {
    codes: ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'],
    kind: 'Credentials',
    sentence: 'the clock of this machine differs too much from that of AWS',
    remedy: 'Synchronize the clock',
  },
  {
    says: /signature (has )?expired|signature not yet current|(request|signature) .*\b(earlier|later) than\b|clock skew|too (much )?skewed/i,
    kind: 'Credentials',
    sentence: 'the clock of this machine differs too much from that of AWS: {message}',
    remedy: 'Synchronize the clock',
  },
  {
    codes: [
      'ExpiredToken',
      'ExpiredTokenException',
      'TokenRefreshRequired',
      'ExpiredCredentials',
      'ExpiredIdentityToken',
    ],
    kind: 'Credentials',
    sentence: 'the AWS credentials have expired',
    remedy: 'Renew the credentials',
  },
  {
    says: /(security|session|provided|access) token\b.*\bexpired|credentials? (has|have|is|are) expired/i,
    kind: 'Credentials',
    sentence: 'the AWS credentials have expired: {message}',
    remedy: 'Renew the credentials',
  },
  {
    codes: [
      'InvalidAccessKeyId',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'InvalidToken',
      'InvalidTokenException',
      'AuthFailure',
    ],
    kind: 'Credentials',
    sentence: 'AWS does not know the access key: {message}',
    remedy: 'Check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN',
  },
  {
    says: /security token included in the request is invalid/i,
    kind: 'Credentials',
    sentence: 'AWS does not know the access key: {message}',
    remedy: 'Check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN',
  },
  {
    codes: ['SignatureDoesNotMatch', 'InvalidSignatureException', 'InvalidSignature'],
    kind: 'Credentials',
    sentence: 'the secret access key does not belong to the access key',
    remedy: 'Check AWS_SECRET_ACCESS_KEY',
  },
  {
    codes: ['NoSuchBucket'],
    kind: 'NoSuchBucket',
    sentence: 'the bucket does not exist',
    remedy: 'Create the bucket, or correct its name',
  },
  {
    codes: ['InvalidBucketName'],
    kind: 'NoSuchBucket',
    sentence: 'not a valid bucket name',
    remedy: 'Correct the name of the bucket',
  },
  {
    codes: ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'HTTP 301'],
    kind: 'Misconfigured',
    sentence: 'the bucket is in another region: {message}',
    remedy: 'Set AWS_REGION to the region of the bucket',
  },
  {
    codes: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
    kind: 'Misconfigured',
    sentence: 'the SQS queue does not exist',
    remedy: 'Correct the URL of the queue',
  },
  {
    codes: ['NotFoundException', 'NotFound'],
    says: /topic does not exist/i,
    kind: 'Misconfigured',
    sentence: 'the SNS topic does not exist',
    remedy: 'Correct the ARN of the topic',
  },
  {
    codes: ['AccessDeniedException', 'AuthorizationError', 'AuthorizationErrorException'],
    kind: 'AccessDenied',
    sentence: 'access is denied: {message}',
    remedy: 'Grant the permission (docs/aws.md)',
  },
  {
    codes: ['AccessDenied', 'AllAccessDisabled', 'HTTP 401', 'HTTP 403'],
    kind: 'AccessDenied',
    sentence: 'access is denied',
    remedy: 'Grant the permission (docs/aws.md); without s3:ListBucket, S3 denies access to objects that do not exist',
  },
];
