import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTaskDefinition, TaskDefinitionError } from '@etl/ecs/taskDefinition/build';

type Json = Record<string, unknown>;

const sample = join(__dirname, '..', '..', '..', 'samples', 'task-definition.json');
const golden = join(__dirname, 'etl-ventas-diarias.json');
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const smallest = { family: 'etl', cpu: 256, memoryMiB: 512, etl: { image: 'etl-worker:1' } };

function problemsOf(spec: unknown): readonly string[] {
  try {
    buildTaskDefinition(spec);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(TaskDefinitionError);
    return (error as TaskDefinitionError).problems;
  }
}

test('builds the registered definition of the family etl-ventas-diarias', () => {
  expect(buildTaskDefinition(read(sample))).toEqual(read(golden));
});

test('omits the fields that the smallest specification does not set', () => {
  expect(buildTaskDefinition(smallest)).toEqual({
    family: 'etl',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'etl-worker', image: 'etl-worker:1', essential: true }],
  });
});

test('sets the runtime platform', () => {
  const { runtimePlatform } = buildTaskDefinition({ ...smallest, cpuArchitecture: 'ARM64' });
  expect(runtimePlatform).toEqual({ cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' });
});

const etl = (changes: Json) => ({ ...smallest, etl: { ...smallest.etl, ...changes } });
const sidecars = (...list: Json[]) => ({ ...smallest, sidecars: list.map((each) => ({ image: 'x:1', ...each })) });
const logs = { group: 'g', region: 'us-east-1', streamPrefix: 'etl' };
const executionRoleArn = 'arn:aws:iam::123456789012:role/x';

describe('rejects, in one line that names the key,', () => {
  test.each<[string, unknown, string]>([
    ['a text', 'x', 'the definition is not a JSON object: '],
    ['a misspelt key', { ...smallest, sidecar: [] }, 'sidecar: unknown key'],
    ['a misspelt key of a container', etl({ memory: 512 }), 'etl.memory: unknown key'],
    ['a container without image', { ...smallest, etl: {} }, 'etl.image: is missing'],
    ['an invalid family', { ...smallest, family: 'a b' }, 'family: "a b" is not a valid family name: '],
    ['a CPU that Fargate lacks', { ...smallest, cpu: 300 }, 'cpu, memoryMiB: cpu 300 is not a Fargate size: '],
    [
      'memory that is not valid for the CPU',
      { ...smallest, memoryMiB: 8192 },
      'cpu, memoryMiB: memory 8192 MiB is not valid for ',
    ],
    [
      'storage below 21 GiB',
      { ...smallest, ephemeralStorageGiB: 20 },
      'ephemeralStorageGiB: 20 is out of range: 21 to ',
    ],
    [
      'storage above 200 GiB',
      { ...smallest, ephemeralStorageGiB: 201 },
      'ephemeralStorageGiB: 201 is out of range: 21',
    ],
    [
      'parts of a GiB',
      { ...smallest, ephemeralStorageGiB: 30.5 },
      'ephemeralStorageGiB: 30.5 is not a whole number: 21 ',
    ],
    ['a role by name', { ...smallest, taskRoleArn: 'etl' }, 'taskRoleArn: "etl" is not an ARN of an IAM role'],
    ['more CPU than the task has', etl({ cpu: 257 }), 'cpu: 256 is less than the sum of its containers, 257'],
    [
      'more memory than the task has, sidecars counted',
      { ...sidecars({ name: 'a', memoryMiB: 256 }), etl: { image: 'e:1', memoryMiB: 257 } },
      'memoryMiB: 512 is less than the sum of its containers, 513',
    ],
    [
      'a stop timeout above 120 s',
      etl({ stopTimeoutSeconds: 121 }),
      'etl.stopTimeoutSeconds: 121 is out of range: 10 ',
    ],
    [
      'a stop timeout that is too short to stop in',
      etl({ stopTimeoutSeconds: 9 }),
      'etl.stopTimeoutSeconds: 9 is out of range: 10 to 120',
    ],
    [
      'a sidecar with the name of the ETL container',
      sidecars({ name: 'etl-worker' }),
      'sidecars.0.name: "etl-worker" is ',
    ],
    [
      'two sidecars with the same name',
      sidecars({ name: 'a' }, { name: 'a' }),
      'sidecars.1.name: "a" is the name of another ',
    ],
    [
      'an essential sidecar',
      sidecars({ name: 'a', essential: true }),
      'sidecars.0.essential: must be false: a sidecar ',
    ],
    [
      'more than ten containers',
      sidecars(...Array.from({ length: 10 }, (_, n) => ({ name: `s${n}` }))),
      'sidecars: has more than 9: a task has at most 10 containers',
    ],
    [
      'awslogs without an execution role',
      etl({ logs }),
      'executionRoleArn: is missing: set the role that ECS needs for awslogs',
    ],
    [
      'secrets and an ECR image without an execution role',
      etl({ image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/etl:1', secrets: { A: '/etl/a' } }),
      'executionRoleArn: is missing: set the role that ECS needs for secrets, ECR images',
    ],
    [
      'an invalid variable name',
      etl({ environment: { '1-A': 'x' } }),
      'etl.environment: 1-A is not a valid environment variable name',
    ],
    [
      'a variable that is also a secret',
      { ...etl({ environment: { A: 'x' }, secrets: { A: '/etl/a' } }), executionRoleArn },
      'etl: A is in environment and in secrets: remove one',
    ],
    [
      'a health check with an invalid command',
      etl({
        healthCheck: { command: ['node'], intervalSeconds: 30, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 0 },
      }),
      'etl.healthCheck.command: must start with CMD or CMD-SHELL',
    ],
    [
      'a health check more often than every 5 s',
      etl({
        healthCheck: {
          command: ['CMD', 'x'],
          intervalSeconds: 4,
          timeoutSeconds: 5,
          retries: 3,
          startPeriodSeconds: 0,
        },
      }),
      'etl.healthCheck.intervalSeconds: 4 is out of range: 5 to 300 seconds',
    ],
  ])('%s', (_what, spec, start) => {
    const problems = problemsOf(spec);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, start.length)).toBe(start);
  });
});

test('rejects a literal secret with the remedy, without showing it', () => {
  const secrets = { DB_PASSWORD: 'hunter2', STORE: 'postgres://etl:hunter2@db/x', REDSHIFT_SECRET_ARN: 'hunter2' };
  const problems = problemsOf({
    ...etl({ environment: { ENV: 'production', ...secrets }, secrets: { DD_API_KEY: 'hunter2 not a reference' } }),
    executionRoleArn,
  });
  expect(problems).toEqual([
    ...Object.keys(secrets).map(
      (name) =>
        `etl.environment: ${name} looks like a secret in plain text: move it to secrets, as an ARN of Secrets Manager or SSM`,
    ),
    'etl.secrets: DD_API_KEY is not a secret reference: set the ARN of a Secrets Manager secret, or the ARN or name of an SSM parameter',
  ]);
});

test('reports every problem at once, including those of several keys', () => {
  const problems = problemsOf({
    family: 'a b',
    cpu: 300,
    memoryMiB: 512,
    ephemeralStorageGiB: 'much',
    image: 'x',
    etl: { image: 'e:1', cpu: 301, environment: { TOKEN: 'x' }, secrets: { TOKEN: '/x' }, stopTimeoutSeconds: 500 },
    sidecars: [{ name: 'etl-worker', image: 'x:1', essential: true }],
  });
  expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
    'cpu',
    'cpu, memoryMiB',
    'ephemeralStorageGiB',
    'etl',
    'etl.environment',
    'etl.stopTimeoutSeconds',
    'executionRoleArn',
    'family',
    'image',
    'sidecars.0.essential',
    'sidecars.0.name',
  ]);
});
