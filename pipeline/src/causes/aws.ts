import type { CauseRow } from './cause';

/** A provider that answers over HTTP may be away for a moment; the SDK reports it as absent credentials. */
const remoteProviders = [
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];
const providerErrors = ['CredentialsProviderError', 'TokenProviderError', 'ProviderError'];

/** Credentials, region, permissions and resources of an AWS account. The first row that matches counts. */
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
    given: remoteProviders,
    kind: 'Unavailable',
    sentence: "the provider of this task's AWS credentials does not answer",
    remedy: 'Check the role of the task or the web identity token file',
  },
  {
    codes: providerErrors,
    says: /could not (load|resolve) credentials|could not be found|not found in/i,
    kind: 'Misconfigured',
    sentence: 'no AWS credentials were found',
    remedy: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the process a role',
  },
  {
    codes: providerErrors,
    kind: 'Unavailable',
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
    codes: ['InvalidAccessKeyId', 'InvalidClientTokenId', 'UnrecognizedClientException', 'MissingAuthenticationToken'],
    kind: 'Misconfigured',
    sentence: 'AWS does not know the access key: {message}',
    remedy: 'Check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN',
  },
  {
    codes: [
      'SignatureDoesNotMatch',
      'InvalidSignatureException',
      'IncompleteSignature',
      'IncompleteSignatureException',
    ],
    kind: 'Misconfigured',
    sentence: 'the secret access key does not belong to the access key',
    remedy: 'Check AWS_SECRET_ACCESS_KEY',
  },
  {
    codes: ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'],
    kind: 'Misconfigured',
    sentence: 'the AWS credentials have expired',
    remedy: 'Renew them',
  },
  {
    codes: ['RequestTimeTooSkewed', 'RequestExpired'],
    kind: 'Misconfigured',
    sentence: 'the clock of this machine differs too much from that of AWS',
    remedy: 'Set the clock',
  },
  {
    codes: ['NoSuchBucket'],
    kind: 'NoSuchBucket',
    sentence: 'there is no such bucket',
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
    sentence: 'there is no such SQS queue',
    remedy: 'Correct the URL of the queue',
  },
  {
    codes: ['NotFoundException', 'NotFound'],
    says: /topic does not exist/i,
    kind: 'Misconfigured',
    sentence: 'there is no such SNS topic',
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
