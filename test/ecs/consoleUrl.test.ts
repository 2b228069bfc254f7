import { consoleUrl } from '@etl/ecs/consoleUrl';

const id = '0123456789abcdef0123456789abcdef';

test.each([
  [
    `arn:aws:ecs:eu-west-1:123456789012:task/etl/${id}`,
    `https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/etl/tasks/${id}?region=eu-west-1`,
  ],
  [
    `arn:aws-cn:ecs:cn-north-1:123456789012:task/etl/${id}`,
    `https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/etl/tasks/${id}?region=cn-north-1`,
  ],
  [
    `arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task/etl/${id}`,
    `https://us-gov-west-1.console.amazonaws-us-gov.com/ecs/v2/clusters/etl/tasks/${id}?region=us-gov-west-1`,
  ],
])('returns the console page of %s', (taskArn, url) => {
  expect(consoleUrl(taskArn)).toBe(url);
});

test.each([
  ['of the local endpoint', `arn:aws:ecs:us-east-1:000000000000:task/etl-local/${id}`],
  ['without its cluster', `arn:aws:ecs:us-east-1:123456789012:task/${id}`],
  ['of an unknown partition', `arn:moon:ecs:us-east-1:123456789012:task/etl/${id}`],
  ['of a cluster', 'arn:aws:ecs:us-east-1:123456789012:cluster/etl'],
  ['with text after it', `arn:aws:ecs:us-east-1:123456789012:task/etl/${id}?x=<script>`],
  ['that is empty', ''],
])('returns no page for an ARN %s', (_what, taskArn) => {
  expect(consoleUrl(taskArn)).toBeUndefined();
});
