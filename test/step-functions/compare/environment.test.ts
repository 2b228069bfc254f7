import { parseConfig } from '../../../config/environment';
import { forgetAccount } from '../../../step-functions/compare/environment';

test('drops account, server and profile, and keeps pace, language and state folder', () => {
  const env: NodeJS.ProcessEnv = {
    PATH: '/bin',
    ECS_CLUSTER: 'prod',
    ECS_TASK_DEFINITION: 'etl',
    ECS_SUBNETS: 'subnet-1',
    SUCCESS_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:etl-success',
    ALERTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:etl-alerts',
    DLQ_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/dlq',
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_API_KEY: 'key',
    AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:1',
    ETL_TIME_SCALE: '0.5',
    ETL_MESSAGE_LANGUAGE: 'en',
    ETL_STATE_DIR: 'state',
    ETL_SOURCE_PREFIXES: 's3://prod-raw',
  };
  forgetAccount(env);
  const { TEMPORAL_CONFIG_FILE: profile, ...left } = env;
  const tasksAlone = { ETL_LIGHT_LANE: 'off', ETL_TASK_SIZE: 'definition', ETL_SPOT: 'false' };
  const everyFile = { ETL_SOURCE_PREFIXES: 'file:///', ETL_DESTINATION_PREFIXES: 'file:///' };
  const kept = { PATH: '/bin', ETL_TIME_SCALE: '0.5', ETL_MESSAGE_LANGUAGE: 'en', ETL_STATE_DIR: 'state' };
  expect(left).toEqual({ ...kept, ...tasksAlone, ...everyFile });
  expect(profile).toBeDefined();
  expect(parseConfig(env)).toMatchObject({ ETL_TIME_SCALE: 0.5 });
});
