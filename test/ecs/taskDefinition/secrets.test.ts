import { exposesSecret, isSecretReference } from '@etl/ecs/taskDefinition/secrets';

const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:etl/redshift-AbCdEf';

test.each([
  ['PASSWORD', 'x'],
  ['DB_PASSWORD', ''],
  ['DBPASSWORD', 'x'],
  ['dbPassword', 'x'],
  ['DB_PWD', 'x'],
  ['CLIENT_SECRET', 'x'],
  ['SECRET_VALUE', 'x'],
  ['GITHUB_TOKEN', 'x'],
  ['API_KEY', 'x'],
  ['DD_APIKEY', 'x'],
  ['AWS_ACCESS_KEY_ID', 'x'],
  ['AWS_SECRET_ACCESS_KEY', 'x'],
  ['SSH_PRIVATE_KEY', 'x'],
  ['GOOGLE_CREDENTIALS', '{}'],
  ['REDSHIFT_SECRET_ARN', 'the secret itself'],
  ['DATABASE_URL', 'postgres://etl:pass@db:5432/x'],
])('%s=%s exposes a secret', (name, value) => {
  expect(exposesSecret(name, value)).toBe(true);
});

test.each([
  ['ENV', 'production'],
  ['S3_RAW_BUCKET', 'raw-data-lake'],
  ['REDSHIFT_SECRET_ARN', arn],
  ['REDSHIFT_SECRET_NAME', 'etl/redshift'],
  ['TOKEN_FILE', '/run/token'],
  ['TOKEN_TTL', '3600'],
  ['PASSWORD_LENGTH', '12'],
  ['MAX_TOKENS', '100'],
  ['TOKENIZER', 'x'],
  ['PWD_POLICY', 'x'],
  ['PARTITION_KEY', 'x'],
  ['DATABASE_URL', 'postgres://db:5432/x'],
])('%s=%s does not expose a secret', (name, value) => {
  expect(exposesSecret(name, value)).toBe(false);
});

test.each([
  arn,
  `${arn}:password::`,
  'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x',
  'arn:aws:ssm:us-east-1:123456789012:parameter/etl/password',
  '/etl/password',
])('%s is a reference', (valueFrom) => {
  expect(isSecretReference(valueFrom)).toBe(true);
});

test.each(['', 'p@ss', 'two words', 'arn:aws:s3:::bucket', 'arn:aws:secretsmanager:us-east-1:12:secret:x'])(
  '%j is not a reference',
  (valueFrom) => {
    expect(isSecretReference(valueFrom)).toBe(false);
  },
);
