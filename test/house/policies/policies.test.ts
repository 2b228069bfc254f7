import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskDefinitionSpec } from '@etl/ecs/taskDefinition/spec';
import { allowedPlacesFrom } from '@etl/pipeline/allowedPlacesFrom';
import { tagNames } from '../../../activities/identity';
import { isAllowed, type Policy, type Request } from './evaluate';
import { actionsOf, actionsOfStore, commandsIn, neededActions } from './needs';

const root = join(__dirname, '..', '..', '..');

/** Returns the JSON block under a comment with that name. */
function block(document: string, name: string): Policy {
  const text = readFileSync(join(root, 'docs', `${document}.md`), 'utf8');
  const [, json = ''] = new RegExp(`<!-- ${name} -->\\n\`\`\`json\\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  return JSON.parse(json) as Policy;
}

const account = 'us-east-1:123456789012';
const cluster = { 'ecs:cluster': `arn:aws:ecs:${account}:cluster/etl` };
const family = `arn:aws:ecs:${account}:task-definition/etl-ventas-diarias`;
const task = `arn:aws:ecs:${account}:task/etl/0123456789abcdef`;
const raw = 'arn:aws:s3:::raw-data-lake';
const clean = 'arn:aws:s3:::clean-data-lake';
const commit = `${clean}/_etl/ventas/2026-02-08/dia/commits/000001.json`;
const created = { 's3:if-none-match': '*' };
const ourRequest = { ...cluster, [`aws:RequestTag/${tagNames.namespace}`]: 'default' };
const ourTask = { [`aws:ResourceTag/${tagNames.namespace}`]: 'default' };
const toTasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
const payloadKey = `arn:aws:kms:${account}:key/00000000-0000-0000-0000-000000000000`;
const queue = (name: string) => `arn:aws:sqs:${account}:${name}`;

const catalog = ['catalog', 'database/lago', 'table/lago/ventas'].map((name) => `arn:aws:glue:${account}:${name}`);
const warehouses = [
  `arn:aws:redshift-serverless:${account}:workgroup/0123`,
  `arn:aws:redshift:${account}:cluster:warehouse`,
];

/** Returns requests with the same action and context. */
const each = (action: string, resources: readonly string[], context?: Request['context']): Request[] =>
  resources.map((resource) => ({ action, resource, ...(context && { context }) }));

const sinkCalls: readonly Request[] = [
  ...['Table', 'Partition'].flatMap((name) =>
    ['Create', 'Get', 'Update'].flatMap((verb) => each(`glue:${verb}${name}`, catalog)),
  ),
  ...each('glue:GetDatabase', catalog),
  ...['BatchExecuteStatement', 'ExecuteStatement'].flatMap((call) => each(`redshift-data:${call}`, warehouses)),
  ...['CancelStatement', 'DescribeStatement', 'GetStatementResult'].flatMap((call) =>
    each(`redshift-data:${call}`, ['*']),
  ),
  ...each('secretsmanager:GetSecretValue', [`arn:aws:secretsmanager:${account}:secret:etl-AbCdEf`]),
];

interface Role {
  /** Policies of the role. */
  readonly policies: readonly Policy[];
  /** The program that runs with the role. */
  readonly entry: string;
  /** Actions of imported files that the program never calls. */
  readonly unused?: readonly string[];
  readonly does: readonly Request[];
  readonly mustNot: readonly Request[];
}

const reads = (...buckets: string[]): Request[] => [
  ...each(
    's3:GetObject',
    buckets.map((bucket) => `${bucket}/ventas/dia.csv`),
  ),
  ...each('s3:ListBucket', buckets),
];
const taskRole = {
  policies: [block('aws', 'task policy')],
  does: [
    ...reads(raw, clean),
    ...['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:PutObject'].flatMap((action) =>
      each(action, [
        `${clean}/ventas/batch_date=2026-02-08/source=dia/_SUCCESS`,
        `${clean}/_etl/v/2026-02-08/s/work/r-1/x`,
      ]),
    ),
    // A source named like the folder of commits is an ordinary source.
    ...each('s3:DeleteObject', [`${clean}/_etl/v/2026-02-08/commits/work/r-1/x`]),
    ...each('s3:ListBucketMultipartUploads', [clean]),
    ...each('s3:PutObject', [commit, commit.replace('lake/', 'lake/team/')], created),
  ],
  mustNot: [
    ...['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'].flatMap((action) =>
      each(action, [`${raw}/ventas/dia.csv`, 'arn:aws:s3:::another-bucket/x']),
    ),
    ...each('s3:GetObject', ['arn:aws:s3:::another-bucket/x', 'arn:aws:s3:::raw-data-lake2/x']),
    ...each('s3:ListBucket', ['arn:aws:s3:::another-bucket']),
    ...each('s3:PutObject', [commit, commit.replace('lake/', 'lake/team/')]),
    ...each('s3:DeleteObject', [commit, commit.replace('lake/', 'lake/team/')]),
    ...each('s3:DeleteObjectVersion', [commit]),
    ...each('s3:PutBucketPolicy', [clean]),
    ...each('ecs:StopTask', [task]),
    ...each('sts:AssumeRole', ['arn:aws:iam::123456789012:role/etl-worker']),
  ],
};

const roles: Readonly<Record<string, Role>> = {
  worker: {
    policies: [block('aws', 'worker policy'), block('sinks', 'glue policy'), block('sinks', 'redshift worker policy')],
    entry: 'workers/main.ts',
    does: [
      ...each('ecs:RunTask', [`${family}:7`], ourRequest),
      ...each('ecs:DescribeTasks', [task], cluster),
      ...each('ecs:StopTask', [task], { ...cluster, ...ourTask }),
      ...each('ecs:ListTasks', ['*'], cluster),
      ...each('ecs:DescribeTaskDefinition', ['*']),
      ...each('ecs:RegisterTaskDefinition', [`${family}:8`]),
      ...each('ecs:TagResource', [task], { 'ecs:CreateAction': 'RunTask' }),
      ...each('ecs:TagResource', [`${family}:8`], { 'ecs:CreateAction': 'RegisterTaskDefinition' }),
      ...each('iam:PassRole', ['arn:aws:iam::123456789012:role/etl-task'], toTasks),
      ...each('iam:PassRole', ['arn:aws:iam::123456789012:role/etl-execution'], toTasks),
      ...each('kms:Decrypt', [payloadKey]),
      ...each('lambda:InvokeFunction', [`arn:aws:lambda:${account}:function:etl-convert`]),
      ...each('logs:GetLogEvents', [
        `arn:aws:logs:${account}:log-group:/ecs/etl-ventas-diarias:log-stream:etl/etl-worker/0123`,
      ]),
      ...each(
        'sns:Publish',
        ['success', 'alerts'].map((name) => `arn:aws:sns:${account}:etl-${name}`),
      ),
      ...each('sqs:SendMessage', [queue('etl-dead-letters')]),
      ...each('sqs:GetQueueAttributes', ['etl-dead-letters', 'etl-landed'].map(queue)),
      ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'].flatMap((action) =>
        each(action, ['etl-dead-letters', 'etl-ecs-events', 'etl-landed'].map(queue)),
      ),
      ...reads(raw, clean),
      ...each('s3:PutObject', [
        `${clean}/_etl/_batches/night/run/results-00001.jsonl`,
        `${clean}/_etl/_dead/0123.json`,
        `${clean}/_etl/ventas/2026-02-08/dia/work/r-1/options.json`,
      ]),
      ...each('s3:DeleteObject', [
        `${clean}/_etl/_dead/0123.json`,
        `${clean}/_etl/ventas/2026-02-08/dia/sinks/catalogo/claims/000001-0123`,
      ]),
      ...each('s3:PutObject', [`${clean}/_etl/ventas/2026-02-08/dia/sinks/catalogo/status.json`]),
      ...sinkCalls,
    ],
    mustNot: [
      ...each('ecs:StopTask', [task], cluster),
      ...each('ecs:StopTask', [task], { ...cluster, [`aws:ResourceTag/${tagNames.namespace}`]: 'another' }),
      ...each('ecs:StopTask', [`arn:aws:ecs:${account}:task/another/0123`], ourTask),
      ...each('ecs:RunTask', [`${family}:7`], cluster),
      ...each('ecs:RunTask', [`${family}:7`], {
        ...ourRequest,
        'ecs:cluster': `arn:aws:ecs:${account}:cluster/another`,
      }),
      ...each('ecs:RunTask', [`arn:aws:ecs:${account}:task-definition/another:1`], ourRequest),
      ...each('ecs:TagResource', [task]),
      ...each('iam:PassRole', ['arn:aws:iam::123456789012:role/admin'], toTasks),
      ...each('iam:PassRole', ['arn:aws:iam::123456789012:role/etl-task'], {
        'iam:PassedToService': 'ec2.amazonaws.com',
      }),
      ...each('s3:PutObject', [`${raw}/ventas/dia.csv`, `${clean}/ventas/batch_date=2026-02-08/x`, commit]),
      ...each('s3:PutObject', [commit], created),
      ...each('s3:DeleteObject', [`${raw}/ventas/dia.csv`, `${clean}/ventas/x`, commit]),
      ...each('s3:GetObject', ['arn:aws:s3:::another-bucket/x']),
      ...each('kms:Decrypt', [payloadKey.replace('00000000-', '33333333-')]),
      ...each('kms:CreateGrant', [payloadKey]),
      ...each('sqs:DeleteMessage', [queue('another')]),
      ...each('sqs:PurgeQueue', [queue('etl-dead-letters')]),
      ...each('glue:GetTable', [`arn:aws:glue:${account}:table/another/ventas`]),
      ...each('glue:DeleteTable', catalog),
      ...each('glue:DeletePartition', catalog),
      ...each('secretsmanager:GetSecretValue', [`arn:aws:secretsmanager:${account}:secret:another-AbCdEf`]),
    ],
  },
  vacuum: {
    policies: [block('aws', 'vacuum policy')],
    entry: 'cli/actions/vacuum.ts',
    // Its hints can name the Temporal server, whose payloads KMS may encrypt.
    unused: ['kms:Decrypt'],
    does: [
      ...each('s3:GetObject', [commit, `${clean}/ventas/batch_date=2026-02-08/source=dia/_manifest.json`]),
      ...each('s3:ListBucket', [clean]),
      ...each('s3:ListBucketMultipartUploads', [clean]),
      ...each('s3:PutObject', [`${clean}/_etl/_clock/0123`, `${clean}/_etl/ventas/2026-02-08/dia/removals/2-0123`]),
      ...['s3:AbortMultipartUpload', 's3:DeleteObject'].flatMap((action) =>
        each(action, [
          `${clean}/etl-commits/ventas/2026-02-08/dia/r-0123456789ab/part-00001.parquet`,
          `${clean}/_etl/ventas/2026-02-08/dia/work/r-1/part-00001.parquet`,
          `${clean}/_etl/ventas/2026-02-08/dia/removals/2-0123`,
          `${clean}/_etl/_clock/0123`,
        ]),
      ),
    ],
    mustNot: [
      ...each('s3:PutObject', [commit, `${clean}/etl-commits/ventas/2026-02-08/dia/r-0123456789ab/part-00001.parquet`]),
      ...each('s3:PutObject', [commit], created),
      ...each('s3:DeleteObject', [commit, `${clean}/ventas/batch_date=2026-02-08/x`, `${raw}/ventas/dia.csv`]),
    ],
  },
  task: { ...taskRole, entry: 'etl-image/src/program.ts' },
  'light function': { ...taskRole, entry: 'step-functions/lambdas/convert.ts' },
  'validate-input': {
    policies: [block('step-functions', 'validate-input policy')],
    entry: 'step-functions/lambdas/validateInput.ts',
    does: [...reads(raw, clean), ...each('s3:PutObject', [`${clean}/_etl/ventas/2026-02-08/dia/options/0123.json`])],
    mustNot: [
      ...each('s3:PutObject', [`${raw}/x`, `${clean}/ventas/x`, commit]),
      ...each('s3:DeleteObject', [commit, `${clean}/_etl/_dead/x`]),
    ],
  },
  'apply-sinks': {
    policies: [
      block('step-functions', 'apply-sinks policy'),
      block('sinks', 'glue policy'),
      block('sinks', 'redshift worker policy'),
    ],
    entry: 'step-functions/lambdas/applySinks.ts',
    does: [
      ...each('s3:GetObject', [commit]),
      ...each('s3:ListBucket', [clean]),
      ...['s3:PutObject', 's3:DeleteObject'].flatMap((action) =>
        each(action, [
          `${clean}/_etl/ventas/2026-02-08/dia/sinks/catalogo/claims/000001-0123`,
          `${clean}/_etl/ventas/2026-02-08/dia/sinks/catalogo/executions/run-1.json`,
        ]),
      ),
      ...sinkCalls,
    ],
    mustNot: [
      ...each('s3:GetObject', [`${raw}/ventas/dia.csv`, `${clean}/ventas/x.parquet`]),
      ...each('s3:PutObject', [commit, `${clean}/ventas/x`]),
      ...each('s3:DeleteObject', [commit, `${clean}/_etl/_dead/x`]),
      ...each('glue:DeleteTable', catalog),
    ],
  },
  'confirm-commit': {
    policies: [block('step-functions', 'confirm-commit policy')],
    entry: 'step-functions/lambdas/confirmCommit.ts',
    // One file reads and writes the commit log.
    unused: ['s3:PutObject'],
    does: [...each('s3:GetObject', [commit]), ...each('s3:ListBucket', [clean])],
    mustNot: [
      ...each('s3:GetObject', [`${raw}/ventas/dia.csv`, `${clean}/ventas/x.parquet`]),
      ...each('s3:PutObject', [commit]),
      ...each('s3:DeleteObject', [commit]),
    ],
  },
};

const words = (request: Request): string => JSON.stringify(request);

describe.each(Object.entries(roles))('the role of the %s', (_, { policies, entry, unused = [], does, mustNot }) => {
  const needed = neededActions(entry).filter((action) => !unused.includes(action));

  test('is tested with every action that the code needs, and no other', () => {
    expect(needed.length).toBeGreaterThan(1);
    expect([...new Set(does.map(({ action }) => action))].sort()).toEqual(needed);
    const allowed = policies
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);
    expect([...new Set(allowed)].sort()).toEqual(needed);
  });

  test('allows what the code does', () => {
    expect(does.filter((request) => !isAllowed(policies, request)).map(words)).toEqual([]);
  });

  test('denies everything else', () => {
    expect(mustNot.filter((request) => isAllowed(policies, request)).map(words)).toEqual([]);
  });
});

test("every SDK command has its actions, and the store's actions match those of its commands", () => {
  const sources = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name));
  const code = ['aws', 'activities', 'workers', 'step-functions/lambdas', 'storage/src', 'etl-image/src'].flatMap(
    sources,
  );
  const commands = [...new Set(code.flatMap(commandsIn))].sort();
  expect(commands).toEqual(Object.keys(actionsOf).sort());
  const ofStore = [...new Set(sources('storage/src').flatMap(commandsIn))].flatMap((name) => actionsOf[name] ?? []);
  expect([...new Set(Object.values(actionsOfStore).flat())].sort()).toEqual([...new Set(ofStore)].sort());
});

test('the task may write below the allowed destinations of its definition and read its allowed sources', () => {
  const sample = taskDefinitionSpec.parse(
    JSON.parse(readFileSync(join(root, 'samples', 'task-definition.json'), 'utf8')),
  );
  const { places } = allowedPlacesFrom(sample.etl.environment ?? {});
  const resources = (action: string) =>
    roles.task?.policies
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes(action))
      .flatMap(({ Resource = [] }) => Resource)
      .sort();
  const below = (uris: readonly string[] = []) => uris.map((uri) => `${uri.replace('s3://', 'arn:aws:s3:::')}/*`);
  expect(resources('s3:PutObject')).toEqual(below(places.destinations));
  expect(resources('s3:GetObject')).toEqual([...below(places.destinations), ...below(places.sources)].sort());
});

describe('a bucket', () => {
  const policies = [...taskRole.policies, block('aws', 'bucket policy')];
  const request = { action: 's3:GetObject', resource: `${clean}/ventas/x.parquet` };

  test('accepts TLS only', () => {
    expect(isAllowed(policies, { ...request, context: { 'aws:SecureTransport': 'true' } })).toBe(true);
    expect(isAllowed(policies, { ...request, context: { 'aws:SecureTransport': 'false' } })).toBe(false);
  });

  test('grants nothing by itself', () => {
    expect(isAllowed(policies.slice(1), { ...request, context: { 'aws:SecureTransport': 'true' } })).toBe(false);
  });
});

describe('the roles of tasks', () => {
  const trust = block('aws', 'tasks trust policy');
  const assume = (principal: string, context: Request['context'] = {}) =>
    isAllowed([trust], { action: 'sts:AssumeRole', principal, context });
  const ours = { 'aws:SourceAccount': '123456789012', 'aws:SourceArn': `arn:aws:ecs:${account}:task/etl/0123` };

  test('can be assumed by ECS for this account only', () => {
    expect(assume('ecs-tasks.amazonaws.com', ours)).toBe(true);
    expect(assume('ec2.amazonaws.com', ours)).toBe(false);
    expect(assume('ecs-tasks.amazonaws.com', { ...ours, 'aws:SourceAccount': '210987654321' })).toBe(false);
    expect(assume('ecs-tasks.amazonaws.com')).toBe(false);
  });
});

test('keys: sources can be decrypted, batches encrypted and decrypted, through S3 only', () => {
  const policy = block('aws', 'task key policy');
  const viaS3 = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };
  const [rawKey = '', cleanKey = ''] = policy.Statement.flatMap(({ Resource = [] }) => Resource);
  const may = (action: string, resource: string, context: Request['context'] = viaS3) =>
    isAllowed([policy], { action, resource, context });
  expect([may('kms:Decrypt', rawKey), may('kms:Decrypt', cleanKey), may('kms:GenerateDataKey', cleanKey)]).toEqual([
    true,
    true,
    true,
  ]);
  expect([may('kms:GenerateDataKey', rawKey), may('kms:Decrypt', cleanKey, {}), may('kms:Decrypt', 'another')]).toEqual(
    [false, false, false],
  );
});

test('the evaluator rejects unsupported policy elements', () => {
  const statement = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
  const request = { action: 's3:GetObject', resource: 'x', context: { k: 'v' } };
  const evaluate = (change: object) => () =>
    isAllowed([{ Version: '2012-10-17', Statement: [{ ...statement, ...change }] }], request);
  expect(evaluate({})()).toBe(true);
  expect(evaluate({ NotAction: 's3:*' })).toThrow('NotAction');
  expect(evaluate({ Condition: { NumericLessThan: { k: '1' } } })).toThrow('NumericLessThan');
});
