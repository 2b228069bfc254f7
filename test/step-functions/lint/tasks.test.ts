import { catchAll, containerTask, failed, finding, lint, lintAll, task } from './support';

const waiting = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
const message = { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token' } };
const activity = 'arn:aws:states:eu-west-1:123456789012:activity:approve';

test.each<[string, Record<string, unknown>]>([
  ['a function by invoke', task()],
  ['a function by its ARN', task({ Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:work:live' })],
  ['an activity with a heartbeat', task({ Resource: activity, Parameters: {}, HeartbeatSeconds: 30 })],
  ['a token with a heartbeat', task({ Resource: waiting, Parameters: message, HeartbeatSeconds: 30 })],
  [
    'a call of an SDK',
    task({ Resource: 'arn:aws:states:::aws-sdk:s3:getObject', Parameters: { Bucket: 'b', Key: 'k' } }),
  ],
  [
    'a call of an SDK that waits for a token',
    task({
      Resource: 'arn:aws:states:::aws-sdk:s3:getObject.waitForTaskToken',
      Parameters: message,
      HeartbeatSeconds: 9,
    }),
  ],
  ['a container', containerTask()],
  ['another partition', containerTask({ Resource: 'arn:aws-cn:states:::ecs:runTask.sync' })],
  ['a child machine', task({ Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters: {} })],
  ['a substitution', task({ Resource: `\${FunctionArn}` })],
  ['a timeout by path', task({ TimeoutSeconds: undefined, TimeoutSecondsPath: '$.seconds' })],
])('accepts %s', (_what, state) => {
  // A field that is undefined is absent in JSON.
  expect(lintAll(JSON.parse(JSON.stringify({ Work: state })))).toEqual([]);
});

describe('parameter names', () => {
  test('rejects camelCase at every depth and suggests the correct name', () => {
    const Parameters = {
      cluster: 'etl',
      Overrides: { ContainerOverrides: [{ Name: 'etl', Environment: [{ name: 'A', 'Value.$': '$.a' }] }] },
    };
    expect(lint({ Work: containerTask({ Parameters }) })).toEqual([
      finding('parameter-names', 'Work', 'cluster', 'use Cluster'),
      finding('parameter-names', 'Work', 'Overrides.ContainerOverrides.0.Environment.0.name', 'use Name'),
    ]);
  });

  test('drops the ".$" suffix from the name of a path', () => {
    const Parameters = { TopicArn: 't', 'message.$': '$.text' };
    const found = lint({ Work: task({ Resource: 'arn:aws:states:::sns:publish', Parameters }) });
    expect(found).toEqual([finding('parameter-names', 'Work', 'use Message')]);
  });

  test('checks the service fields below a user-defined name', () => {
    const Parameters = { TopicArn: 't', Message: 'm', MessageAttributes: { dataset: { dataType: 'String' } } };
    const found = lint({ Work: task({ Resource: 'arn:aws:states:::sns:publish', Parameters }) });
    expect(found).toEqual([finding('parameter-names', 'Work', 'MessageAttributes.dataset.dataType')]);
  });

  test.each<[string, string, object]>([
    ['a payload', 'lambda:invoke', { FunctionName: 'f', Payload: { run: { id: 1 } } }],
    ['a body', 'sqs:sendMessage', { QueueUrl: 'q', MessageBody: { s3Key: 'k' } }],
    [
      'attributes',
      'sns:publish',
      { TopicArn: 't', Message: { a: 1 }, MessageAttributes: { dataset: { DataType: 'String', StringValue: 'v' } } },
    ],
    ['an item', 'dynamodb:putItem', { TableName: 't', Item: { id: { S: '1' } } }],
    ['the input of a machine', 'states:startExecution', { StateMachineArn: 'm', Input: { detail: {} } }],
  ])('ignores user-defined keys in %s', (_what, integration, Parameters) => {
    expect(lint({ Work: task({ Resource: `arn:aws:states:::${integration}`, Parameters }) })).toEqual([]);
  });

  test('ignores the input of a function that is called by its ARN', () => {
    const Resource = 'arn:aws:lambda:eu-west-1:123456789012:function:work';
    expect(lint({ Work: task({ Resource, Parameters: { run: 1 } }) })).toEqual([]);
  });
});

describe('timeouts', () => {
  test('reports a task without a timeout, which waits for years', () => {
    const { TimeoutSeconds: _, ...endless } = task();
    expect(lint({ Work: endless })).toEqual([finding('timeout', 'Work', '99999999')]);
  });
});

describe('errors', () => {
  const all = { ErrorEquals: ['States.ALL'], MaxAttempts: 1 };
  const named = { ErrorEquals: ['Busy'], MaxAttempts: 2 };

  test('accepts States.ALL alone and last', () => {
    expect(lint({ Work: task({ Retry: [named, all], Catch: [catchAll('Failed')] }), ...failed })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['before others', { Retry: [all, named] }, 'is not last'],
    ['beside others', { Retry: [{ ErrorEquals: ['Busy', 'States.ALL'] }] }, 'is combined with'],
    [
      'before others in Catch',
      { Catch: [catchAll('Failed'), { ErrorEquals: ['Busy'], ResultPath: '$.error', Next: 'Failed' }] },
      'is not last',
    ],
  ])('rejects States.ALL %s', (_what, changes, words) => {
    expect(lint({ Work: task({ ...changes }), ...failed })).toEqual([finding('states-all', 'Work', words)]);
  });

  test('reports a Catch without ResultPath, which drops the data', () => {
    const { ResultPath: _, ...bare } = catchAll('Failed');
    const found = lint({ Work: task({ Catch: [{ ...bare, Next: 'Note' }] }), Note: { Type: 'Pass', End: true } });
    expect(found).toEqual([finding('catch-result-path', 'Work', 'States.ALL', '"$.error"')]);
  });

  test('accepts a Catch that discards the error', () => {
    expect(lint({ Work: task({ Catch: [catchAll('Failed', { ResultPath: null })] }), ...failed })).toEqual([]);
  });

  const taskFailed = { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 2 };
  const timeout = { ErrorEquals: ['States.Timeout'], MaxAttempts: 0 };

  test.each([
    ['does not mention timeouts', [taskFailed]],
    ['mentions timeouts too late', [taskFailed, timeout]],
  ])('reports a retried container that %s', (_what, Retry) => {
    expect(lint({ Work: containerTask({ Retry }) })).toEqual([finding('explicit-timeout', 'Work', 'States.Timeout')]);
  });

  test.each([
    ['handles timeouts first', containerTask({ Retry: [timeout, taskFailed] })],
    ['includes timeouts', containerTask({ Retry: [{ ErrorEquals: ['States.Timeout', 'States.TaskFailed'] }] })],
    ['is not a container', task({ Retry: [taskFailed] })],
  ])('accepts a retry that %s', (_what, state) => {
    expect(lint({ Work: state })).toEqual([]);
  });
});

describe('requests', () => {
  const strategy = [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }];

  test('rejects a launch type together with a capacity provider strategy', () => {
    const Parameters = {
      Cluster: 'etl',
      TaskDefinition: 'etl',
      LaunchType: 'FARGATE',
      CapacityProviderStrategy: strategy,
    };
    expect(lint({ Work: containerTask({ Parameters }) })).toEqual([finding('launch-type', 'Work', 'ECS rejects')]);
  });

  test('accepts a strategy alone', () => {
    const Parameters = { Cluster: 'etl', TaskDefinition: 'etl', CapacityProviderStrategy: strategy };
    expect(lint({ Work: containerTask({ Parameters }) })).toEqual([]);
  });
});

describe('values that the service rejects, and values without effect', () => {
  const retry = (changes: object) => task({ Retry: [{ ErrorEquals: ['Busy'], ...changes }] });

  test.each<[object, string]>([
    [{ IntervalSeconds: 30, MaxDelaySeconds: 30 }, 'MaxDelaySeconds'],
    [{ BackoffRate: 0.5 }, 'BackoffRate'],
    [{ JitterStrategy: 'HALF' }, 'JitterStrategy'],
    [{ IntervalSeconds: 0 }, 'IntervalSeconds'],
  ])('rejects %j', (changes, words) => {
    expect(lint({ Work: retry(changes) })).toEqual([finding('retry-values', 'Work', words)]);
  });

  test('accepts increasing waits with an upper bound', () => {
    const values = { IntervalSeconds: 3, MaxDelaySeconds: 30, BackoffRate: 1, JitterStrategy: 'FULL' };
    expect(lint({ Work: retry(values) })).toEqual([]);
  });

  test.each(['$.text', '$$.Execution.Id', "States.Format('{}', $.text)"])(
    'reports %s under a key without ".$"',
    (Message) => {
      const Resource = 'arn:aws:states:::sns:publish';
      expect(lint({ Work: task({ Resource, Parameters: { TopicArn: 't', Message } }) })).toEqual([
        finding('literal-path', 'Work', '"Message.$"'),
      ]);
      expect(lint({ Work: task({ Resource, Parameters: { TopicArn: 't', 'Message.$': Message } }) })).toEqual([]);
    },
  );

  test.each(['$5', '$', 'States. Plural'])('accepts %s as plain text', (value) => {
    expect(lint({ Work: { Type: 'Pass', Parameters: { value }, End: true } })).toEqual([]);
  });

  test.each([
    ["States.Format('{} {}', $.a)", 1],
    ["States.Format('{}', $.a, $.b)", 1],
    ["States.Format('{} \\{}', States.Format('{}{}', $.a, $.b))", 0],
  ])('%s: %d findings', (expression, count) => {
    const found = lint({ Work: { Type: 'Pass', Parameters: { 'text.$': expression }, End: true } });
    expect(found).toEqual(Array(count).fill(finding('format-arguments', 'Work', 'States.Format')));
  });

  test('reports a container retried on any error without a rule for timeouts', () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }];
    expect(lint({ Work: containerTask({ Retry }) })).toEqual([finding('explicit-timeout', 'Work', 'States.ALL')]);
    const none = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }];
    expect(lint({ Work: containerTask({ Retry: none }) })).toEqual([]);
  });

  test('reports the timeout of the machine', () => {
    const { TimeoutSeconds: _, ...endless } = task();
    expect(lint({ Work: endless }, { TimeoutSeconds: 600 })).toEqual([finding('timeout', 'Work', '600 s', 'Catch')]);
  });

  test('accepts a Catch that leads to a bare Fail', () => {
    const { ResultPath: _, ...bare } = catchAll('Failed');
    expect(lint({ Work: task({ Catch: [bare] }), ...failed })).toEqual([]);
  });

  test.each(['Partition', 'AWS::Partition'])('recognizes an integration behind the substitution %s', (name) => {
    const resource = (integration: string) => `arn:\${${name}}:states:::${integration}`;
    expect(lintAll({ Work: task({ Resource: resource('lambda:invoke') }) })).toEqual([]);
    const { TimeoutSeconds: _, ...endless } = containerTask({ Resource: resource('ecs:runTask.sync') });
    expect(lint({ Work: { ...endless, Retry: [{ ErrorEquals: ['States.ALL'] }] } })).toContainEqual(
      finding('explicit-timeout', 'Work', 'States.ALL'),
    );
  });

  test.each<[string, object]>([
    [
      'dynamodb:updateItem',
      { TableName: 't', Key: { id: { S: '1' } }, AttributeUpdates: { a: { Value: { S: 'x' } } } },
    ],
    ['glue:startJobRun.sync', { JobName: 'j', Arguments: { day: '1' } }],
    ['aws-sdk:lambda:updateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { a: 'x' } } }],
  ])('ignores user-defined keys in %s', (integration, Parameters) => {
    expect(lint({ Work: task({ Resource: `arn:aws:states:::${integration}`, Parameters }) })).toEqual([]);
  });
});
