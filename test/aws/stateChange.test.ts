import { parseStateChange } from '../../aws/stateChange';
import { stateChangeEvent } from '../support/stateChangeEvent';

const taskArn = `arn:aws:ecs:us-east-1:123456789012:task/etl/${'0'.repeat(32)}`;
const run = { WORKFLOW_ID: 'etl/ventas/2026-02-08/v', RUN_ID: 'r1' };

test('reads the task and its run from the environment of the ETL container', () => {
  expect(parseStateChange(JSON.stringify(stateChangeEvent({ taskArn, environment: run })))).toEqual({
    taskArn,
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    workflowId: 'etl/ventas/2026-02-08/v',
    runId: 'r1',
  });
});

test('reads an event wrapped by SNS', () => {
  const event = stateChangeEvent({ taskArn, environment: run, lastStatus: 'RUNNING' });
  const body = JSON.stringify({ Type: 'Notification', MessageId: 'x', TopicArn: 'y', Message: JSON.stringify(event) });
  expect(parseStateChange(body)).toMatchObject({ taskArn, lastStatus: 'RUNNING', runId: 'r1' });
});

test('ignores the environment of a sidecar', () => {
  const event = stateChangeEvent({ taskArn, environment: run, container: 'datadog-agent' });
  expect(parseStateChange(JSON.stringify(event))).toEqual({ taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
});

test('a task of another program has no run', () => {
  const { detail, ...envelope } = stateChangeEvent({ taskArn });
  const { overrides, ...bare } = detail;
  expect(overrides).toBeDefined();
  expect(parseStateChange(JSON.stringify({ ...envelope, detail: bare }))).not.toHaveProperty('workflowId');
});

test.each<[string, unknown]>([
  ['text', 'hello'],
  ['null', null],
  ['a list', []],
  ['another event', { ...stateChangeEvent({ taskArn }), 'detail-type': 'ECS Service Action' }],
  ['an event of another source', { ...stateChangeEvent({ taskArn }), source: 'my.app' }],
  ['an event without detail', { source: 'aws.ecs', 'detail-type': 'ECS Task State Change' }],
  ['a task that is not an ARN', stateChangeEvent({ taskArn: '1234' })],
  ['a notification of another kind', { Type: 'Notification', Message: 'hello' }],
])('%s is not a task state change', (_what, body) => {
  expect(parseStateChange(JSON.stringify(body))).toBeUndefined();
});

test('text that is not JSON is not a task state change', () => {
  expect(parseStateChange('{"source":"aws.ecs"')).toBeUndefined();
  expect(parseStateChange('')).toBeUndefined();
});
