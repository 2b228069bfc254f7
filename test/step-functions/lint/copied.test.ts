import '../../support/compiledSchema';
import { lintMachine } from '../../../step-functions/lint/lintMachine';

/** The widely copied form of the pipeline, with its faults. */
const copied = {
  Comment: 'ETL',
  StartAt: 'ValidateInput',
  States: {
    ValidateInput: {
      Type: 'Task',
      Resource: 'arn:aws:lambda:us-east-1:123456789012:function:validate',
      ResultPath: '$.validation',
      Next: 'IsValid',
    },
    IsValid: {
      Type: 'Choice',
      Choices: [
        {
          Variable: '$.validation.valid',
          BooleanEquals: true,
          Next: 'TransformData',
        },
      ],
      Default: 'NotifyInvalid',
    },
    TransformData: {
      Type: 'Task',
      Resource: 'arn:aws:states:::ecs:runTask.sync',
      TimeoutSeconds: 3600,
      Parameters: {
        LaunchType: 'FARGATE',
        Cluster: 'c',
        TaskDefinition: 't',
        CapacityProviderStrategy: [
          {
            CapacityProvider: 'FARGATE_SPOT',
            Weight: 1,
          },
        ],
        Overrides: {
          ContainerOverrides: [
            {
              Name: 'etl',
              Environment: [
                {
                  Name: 'BATCH_DATE',
                  'Value.$': '$.detail.batchDate',
                },
              ],
            },
          ],
        },
      },
      Retry: [
        {
          ErrorEquals: ['States.TaskFailed'],
          IntervalSeconds: 60,
          MaxAttempts: 2,
          BackoffRate: 2.0,
        },
      ],
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Next: 'NotifyFailure',
        },
      ],
      Next: 'NotifySuccess',
    },
    NotifySuccess: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: {
        TopicArn: 'a',
        'Message.$': "States.Format('ETL completado para {}', $.detail.batchDate)",
      },
      End: true,
    },
    NotifyInvalid: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: {
        TopicArn: 'a',
        Message: 'Datos',
      },
      Next: 'Fail',
    },
    NotifyFailure: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: {
        TopicArn: 'a',
        'Message.$': "States.Format('ETL FALLIDO: {}', $.error.Cause)",
      },
      End: true,
    },
    Fail: {
      Type: 'Fail',
    },
  },
};

test('reports each fault of the widely copied machine once, at its state', () => {
  const found = lintMachine(copied).map(({ state, rule }) => `${state} ${rule}`);
  expect(found.sort()).toEqual(
    [
      ...['ValidateInput', 'NotifySuccess', 'NotifyInvalid', 'NotifyFailure'].map((state) => `${state} timeout`),
      ...['catch-result-path', 'explicit-timeout', 'launch-type'].map((rule) => `TransformData ${rule}`),
      'NotifyFailure green-failure',
      'NotifyFailure paths',
      'NotifySuccess paths',
    ].sort(),
  );
});
