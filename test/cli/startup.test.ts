import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Loaded, loadedBy } from '../support/loaded';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-startup-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const unset = { DLQ_URL: undefined, S3_RAW_BUCKET: undefined };
const loadedByEtl = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  loadedBy("require('./cli/etl.js')", args, { ...unset, ETL_STATE_DIR: folder, ...env });

const heavy = ({ packages }: Loaded): string[] =>
  [...packages].filter((each) => /^@(temporalio|grpc|aws-sdk|smithy)\/|^(protobufjs|rxjs|asl-validator)$/.test(each));

test.each([[['--help']], [['run', '--help']], [['--version']]])(
  'etl %j loads only declarations, and of all packages only commander',
  async (args) => {
    const loaded = await loadedByEtl(args);
    expect([...loaded.packages]).toEqual(['commander']);
    expect(loaded.ours).toContain('dist/cli/commands/schedule/create.js');
    expect(loaded.ours.filter((file) => file.startsWith('dist/cli/actions/'))).toEqual([]);
  },
);

test.each([
  ['asl', ['asl']],
  ['asl', ['asl', '--check']],
  ['run', ['run', 'no.csv', '--date', '2026-02-08']],
  ['backfill', ['backfill', 'file:///none', '--from', '2026-02-08', '--to', 'tomorrow']],
  ['schedule/create', ['schedule', 'create', 'nightly', 'file:///none', '--at', '02:30', '--dry-run']],
  ['dlq', ['dlq', 'list']],
])('etl %s loads only its own action, and no client of an unused service: %j', async (action, args) => {
  const loaded = await loadedByEtl(args);
  expect(loaded.ours.filter((file) => file.startsWith('dist/cli/actions/'))).toEqual([`dist/cli/actions/${action}.js`]);
  expect(heavy(loaded)).toEqual([]);
});

test('loads the packages that a command needs', async () => {
  expect(heavy(await loadedByEtl(['asl', '--lint', 'step-functions/etl-pipeline.asl.json']))).toContain(
    'asl-validator',
  );
  const withQueue = { DLQ_URL: 'http://127.0.0.1:1/letters', AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };
  expect(heavy(await loadedByEtl(['dlq', 'list'], withQueue))).toContain('@aws-sdk/client-sqs');
});
