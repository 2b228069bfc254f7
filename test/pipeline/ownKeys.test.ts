import { consoleUrl } from '@etl/ecs/consoleUrl';
import { taskDefinitionSpec } from '@etl/ecs/taskDefinition/spec';
import { parseFaultPlan } from '@etl/fargate/faults/plan';
import { own } from '@etl/lib/own';
import { parseBatchRequest } from '@etl/pipeline/batch/request';
import { parseEvent } from '@etl/pipeline/event';
import { budgetOf } from '@etl/pipeline/failures/table';
import { optionsSchema } from '@etl/pipeline/options';

const inherited = Object.getOwnPropertyNames(Object.prototype);
const withProto = (value: unknown): object => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`);

test.each(inherited)('%s is not an own key unless the object has it', (name) => {
  expect(own({}, name)).toBeUndefined();
  expect(own(undefined, name)).toBeUndefined();
  expect(own(JSON.parse(`{"${name}":1}`), name)).toBe(1);
});

test.each(inherited)('%s is an unknown failure type and is not retried', (name) => {
  expect(budgetOf(name)).toBe('none');
});

test('returns no console URL for an unknown AWS partition', () => {
  expect(consoleUrl('arn:constructor:ecs:eu-west-1:123456789012:task/c/0123abcd')).toBeUndefined();
});

test.each(inherited.filter((name) => name !== '__proto__'))('allows a column named %s', (name) => {
  const columns = { [name]: 'text' };
  expect(optionsSchema.parse({ columns })).toEqual({ columns });
});

describe('rejects a key __proto__ by name wherever keys are free', () => {
  const columns = withProto('text');

  test('in the columns of an event', () => {
    const detail = { s3Key: 's3://b/k.csv', batchDate: '2026-02-08', columns };
    expect(parseEvent({ detail })).toEqual({
      ok: false,
      reasons: ['detail.columns.__proto__: is a reserved name: leave it out'],
    });
  });

  test('in the options of the container', () => {
    expect(optionsSchema.safeParse({ columns }).success).toBe(false);
  });

  test('in the detail that the files of a batch share', () => {
    expect(parseBatchRequest({ prefix: 'p', detail: withProto(1) })).toMatchObject({ ok: false });
    expect(parseBatchRequest({ prefix: 'p', detail: { columns } })).toMatchObject({ ok: false });
  });

  test('in the variables of a task definition', () => {
    const found = taskDefinitionSpec.safeParse({ etl: { environment: withProto('x') } });
    expect(found.error?.issues.map(({ path }) => path.join('.'))).toContain('etl.environment.__proto__');
  });

  test('in the conditions of a fault rule', () => {
    const rules = [{ fault: 'killed', where: { environment: withProto('x') } }];
    expect(() => parseFaultPlan({ rules })).toThrow(/__proto__.*reserved name/);
  });
});
