import { glueError } from '../../../../aws/sinks/glue/errors';

const failure = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  ['AlreadyExistsException', 'Table already exists.', 'ConflictError'],
  ['ConcurrentModificationException', 'Update table failed due to concurrent modifications.', 'ConflictError'],
  ['EntityNotFoundException', 'Entity Not Found', 'ConflictError'],
  ['ThrottlingException', 'Rate exceeded', 'ThrottledError'],
  ['ExpiredTokenException', 'The security token included in the request is expired', 'CredentialsError'],
  ['InvalidInputException', 'Partition keys are invalid.', 'SinkError'],
  ['GlueEncryptionException', 'The key is disabled.', 'SinkError'],
  ['FederationSourceException', 'The source failed.', 'SinkError'],
])('%s (%s) is a %s', (name, message, expected) => {
  const error = glueError('UpdateTable', 'lago.ventas', failure(name, message)) as Error;
  expect(error.name).toBe(expected);
  expect(error.message).toContain('Glue UpdateTable of lago.ventas');
});

test('a denied call names the action to grant', () => {
  const denied = failure('AccessDeniedException', 'User: worker is not authorized to perform: glue:UpdateTable');
  expect(glueError('UpdateTable', 'lago.ventas', denied)).toMatchObject({
    name: 'SinkError',
    message:
      'Glue UpdateTable of lago.ventas was denied: User: worker is not authorized to perform: glue:UpdateTable. ' +
      'Grant the role of the worker glue:UpdateTable (docs/sinks.md).',
  });
});

test('a call that Lake Formation denies names its permissions', () => {
  const denied = failure(
    'AccessDeniedException',
    'Insufficient Lake Formation permission(s): Required Alter on ventas',
  );
  expect(glueError('UpdateTable', 'lago.ventas', denied)).toMatchObject({
    name: 'SinkError',
    message:
      'Glue UpdateTable of lago.ventas was denied: Insufficient Lake Formation permission(s): Required Alter on ventas. ' +
      'Grant the role of the worker the permissions of Lake Formation in docs/sinks.md.',
  });
});

test.each(['InternalServiceException', 'OperationTimeoutException', 'SomethingNew'])('%s passes through', (name) => {
  const error = failure(name, 'try again');
  expect(glueError('GetTable', 'lago.ventas', error)).toBe(error);
});

test('a quota of the catalog is not throttling', () => {
  const message = 'Number of PARTITION resources exceeds the account limit 20000000';
  const error = failure('ResourceNumberLimitExceededException', message);
  expect(glueError('CreatePartition', 'lago.ventas', error)).toMatchObject({
    name: 'SinkError',
    message: expect.stringMatching(/exceeds a quota: .* Delete tables or partitions, or request a higher quota/),
  });
});
