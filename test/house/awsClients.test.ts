import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { silenceSeconds } from '@etl/pipeline/awsClients';
import { longPollSeconds } from '../../aws/sqsQueue';

const root = join(__dirname, '..', '..');
const folders = [
  'activities',
  'aws',
  'bench',
  'cli',
  'client',
  'etl-image',
  'fargate',
  'local',
  'pipeline',
  'scripts',
  'step-functions',
];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'dist' || name === 'node_modules') return [];
    if (statSync(join(root, path)).isDirectory()) return sources(path);
    return /\.m?[jt]s$/.test(name) ? [path] : [];
  });
}

/** Returns SDK clients that are created without the `clientSettings` of their service. */
function withoutSettings(text: string): string[] {
  const imported = [
    ...text.matchAll(/\{([^}]*)\}\s*(?:from\s*|=\s*(?:await import|require)\()'@aws-sdk\/client-([\w-]+)'/g),
  ];
  return imported.flatMap(([, names = '', service = '']) => {
    const key = service === 'cloudwatch-logs' ? 'logs' : service;
    const classes = names.split(',').flatMap((name) => /(\w+Client)\s*$/.exec(name.trim())?.[1] ?? []);
    return classes.flatMap((name) =>
      [...text.matchAll(new RegExp(`new ${name}\\((\\{\\s*\\.\\.\\.clientSettings\\('${key}'|)`, 'g'))].flatMap(
        ([made, settings]) => (settings === '' ? [made] : []),
      ),
    );
  });
}

test('every AWS client uses the sockets and timeouts of clientSettings', () => {
  const files = [...folders, 'storage', 'workers', 'workflows'].flatMap(sources);
  const made = files.filter((file) =>
    /new \w+Client\(\{\s*\.\.\.clientSettings/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(made.length).toBeGreaterThan(6);
  expect(
    files.flatMap((file) => withoutSettings(readFileSync(join(root, file), 'utf8')).map((each) => [file, each])),
  ).toEqual([]);
});

test.each<[string, string, number]>([
  ['no settings', "import { ECSClient } from '@aws-sdk/client-ecs';\nconst c = new ECSClient({});", 1],
  [
    'its own settings',
    "import { ECSClient } from '@aws-sdk/client-ecs';\nconst c = new ECSClient({ maxAttempts: 1 });",
    1,
  ],
  [
    'the settings of another service',
    "import { type A, ECSClient } from '@aws-sdk/client-ecs';\nnew ECSClient({ ...clientSettings('sqs') });",
    1,
  ],
  [
    'the settings of its service',
    "import { ECSClient } from '@aws-sdk/client-ecs';\nnew ECSClient({ ...clientSettings('ecs'), region });",
    0,
  ],
  ['a type only', "import type { ECSClient } from '@aws-sdk/client-ecs';\nfunction f(client: ECSClient) {}", 0],
  ['a Temporal client', "import { Client } from '@temporalio/client';\nnew Client({});", 0],
])('detects clients without their settings: %s', (_what, text, found) => {
  expect(withoutSettings(text)).toHaveLength(found);
});

test('allows a connection to be silent for longer than the longest normal call', () => {
  expect(silenceSeconds('sqs')).toBeGreaterThan(longPollSeconds);
  expect(silenceSeconds('lambda')).toBeGreaterThan(900);
});
