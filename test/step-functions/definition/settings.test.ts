import { machineSettings } from '../../../cli/machineSettings';
import { parseConfig } from '../../../config/environment';
import { stateMachine } from '../../../step-functions/definition/machine';
import { withSubstitutions } from '../../../step-functions/definition/settings';
import type { TaskState } from '../../../step-functions/definition/types';

const request = (settings: Parameters<typeof stateMachine>[0]) =>
  (stateMachine(settings).States.TransformData as TaskState).Parameters as Record<string, Record<string, unknown>>;

const account = {
  ECS_CLUSTER: 'etl',
  ECS_TASK_DEFINITION: 'etl-worker:7',
  ECS_SUBNETS: 'subnet-1,subnet-2',
  ECS_SECURITY_GROUPS: 'sg-1',
  ECS_ASSIGN_PUBLIC_IP: 'ENABLED',
  SUCCESS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:etl-success',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:etl-alerts',
  DLQ_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/etl-dlq',
  VALIDATE_INPUT_FUNCTION: 'validate-input',
  CONFIRM_COMMIT_FUNCTION: 'confirm-commit',
  APPLY_SINKS_FUNCTION: 'apply-sinks',
};

test('a missing setting becomes a substitution', () => {
  const text = JSON.stringify(stateMachine(withSubstitutions()));
  expect(new Set(text.match(/\$\{\w+\}/g)).size).toBe(13);
});

test('a fully configured account leaves no substitutions', () => {
  const machine = stateMachine(machineSettings(parseConfig(account)));
  expect(JSON.stringify(machine)).not.toContain('${');
  expect(request(machineSettings(parseConfig(account)))).toMatchObject({
    Cluster: 'etl',
    TaskDefinition: 'etl-worker:7',
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: ['subnet-1', 'subnet-2'],
        SecurityGroups: ['sg-1'],
        AssignPublicIp: 'ENABLED',
      },
    },
  });
});

test("without a size, the task definition's size applies", () => {
  expect(request(machineSettings(parseConfig(account))).Overrides).not.toHaveProperty('Cpu');
});

test('a size becomes an override, as text', () => {
  const config = parseConfig({ ...account, ECS_TASK_CPU: '1024', ECS_TASK_MEMORY: '4096' });
  expect(request(machineSettings(config)).Overrides).toMatchObject({ Cpu: '1024', Memory: '4096' });
});

test('without security groups, the list is absent, since an empty one is invalid', () => {
  const { ECS_SECURITY_GROUPS: _, ...rest } = account;
  const network = request(machineSettings(parseConfig(rest))).NetworkConfiguration?.AwsvpcConfiguration;
  expect(network).not.toHaveProperty('SecurityGroups');
});

test.each([
  [true, 'CapacityProviderStrategy', 'LaunchType'],
  [false, 'LaunchType', 'CapacityProviderStrategy'],
])('Spot %s: has %s but not %s', (spot, has, hasNot) => {
  const parameters = request(withSubstitutions({ spot }));
  expect(parameters).toHaveProperty(has);
  expect(parameters).not.toHaveProperty(hasNot);
});
