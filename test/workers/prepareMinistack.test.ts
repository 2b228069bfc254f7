import { command } from '../support/processes';

const settings = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  S3_RAW_BUCKET: 'raw',
  S3_CLEAN_BUCKET: 'file:///lake',
  SUCCESS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:etl-success',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:etl-alerts',
  DLQ_URL: 'http://127.0.0.1:1/000000000000/etl-dead',
};

test.each<[string, string[], NodeJS.ProcessEnv, string]>([
  ['no image', [], settings, 'expected one argument: the image of the tasks'],
  ['no endpoint', ['image'], { ...settings, AWS_ENDPOINT_URL: '' }, 'AWS_ENDPOINT_URL is not set'],
  ['no bucket', ['image'], { ...settings, S3_RAW_BUCKET: '' }, 'S3_RAW_BUCKET is not set'],
  ['a folder instead of a bucket', ['image'], settings, 'S3_CLEAN_BUCKET is not an S3 bucket'],
  ['an invalid variable', ['image'], { ...settings, DLQ_URL: 'x' }, 'invalid configuration: DLQ_URL'],
])('%s: one line of cause, one line of remedy, exit code 78', async (_what, args, env, cause) => {
  const ended = await command(process.execPath, ['dist/workers/prepareMinistack.js', ...args], env);
  expect(ended.exitCode).toBe(78);
  expect(ended.stderr.split('\n').filter(Boolean)).toEqual([
    expect.stringContaining(`prepare-ministack: ${cause}`),
    'prepare-ministack: Use the arguments and variables of docker-compose.yml',
  ]);
});
