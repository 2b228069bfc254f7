import { camelCase, pascalCase } from '../../../step-functions/interpreter/casing';

test('converts SDK names to Step Functions names and back', () => {
  const sdk = { taskArn: 'a', containers: [{ exitCode: 0 }], enableECSManagedTags: true, stoppedReason: undefined };
  const service = { TaskArn: 'a', Containers: [{ ExitCode: 0 }], EnableECSManagedTags: true };
  expect(pascalCase(sdk)).toEqual(service);
  expect(Object.keys(pascalCase(sdk) as object)).not.toContain('StoppedReason');
  expect(camelCase(service)).toEqual({ taskArn: 'a', containers: [{ exitCode: 0 }], enableECSManagedTags: true });
});

test('converts times to milliseconds and keeps other values', () => {
  expect(pascalCase({ stoppedAt: new Date(1500), overrides: null, cpu: '256' })).toEqual({
    StoppedAt: 1500,
    Overrides: null,
    Cpu: '256',
  });
});
