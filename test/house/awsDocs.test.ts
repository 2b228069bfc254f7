import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskDefinitionSpec } from '@etl/ecs/taskDefinition/spec';
import { parseStateChange } from '../../aws/stateChange';
import { stateChangeEvent } from '../support/stateChangeEvent';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'aws.md'), 'utf8');

/** Returns the JSON block under a comment with that name. */
function block<T>(name: string): T {
  const [, json = ''] = new RegExp(`<!-- ${name} -->\\n\`\`\`json\\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  return JSON.parse(json) as T;
}

interface Policy {
  readonly Statement: readonly { Resource: string | string[] }[];
}
const resources = ({ Statement }: Policy): string[] => Statement.flatMap(({ Resource }) => Resource);

test('the policies name the family, roles and log group of the sample, and one queue', () => {
  const policy = block<Policy>('worker policy');
  const sample = taskDefinitionSpec.parse(
    JSON.parse(readFileSync(join(root, 'samples', 'task-definition.json'), 'utf8')),
  );
  for (const arn of [sample.executionRoleArn, sample.taskRoleArn]) expect(resources(policy)).toContain(arn);
  expect(resources(policy).join()).toContain(`task-definition/${sample.family}:*`);
  expect(resources(policy).join()).toContain(`log-group:${sample.etl.logs?.group}:log-stream:*`);
  for (const queue of resources(block<Policy>('queue policy'))) expect(resources(policy)).toContain(queue);
});

test('the event pattern matches what the worker reads', () => {
  const pattern = block<Record<string, unknown> & { detail: Record<string, string[]> }>('event pattern');
  const event = stateChangeEvent({ taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/etl/1' });
  expect(parseStateChange(JSON.stringify(event))).toBeDefined();
  expect(pattern.source).toContain(event.source);
  expect(pattern['detail-type']).toContain(event['detail-type']);
  expect(Object.keys(pattern.detail)).toEqual(['clusterArn', 'lastStatus']);
  for (const key of ['clusterArn', 'lastStatus'] as const) expect(pattern.detail[key]).toContain(event.detail[key]);
});

test('the table of the task definition lists every key', () => {
  const { etl, sidecars, ...task } = taskDefinitionSpec.shape;
  expect([etl, sidecars]).not.toContain(undefined);
  for (const key of [...Object.keys(task), ...Object.keys(etl.shape)])
    expect(text).toMatch(new RegExp(`^\\| .*${key}`, 'm'));
});
