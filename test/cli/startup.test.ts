import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, root } from '../support/processes';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-startup-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command and tells at its end, by a line of its own on stderr, what it has loaded. */
const tell = `
  process.on('exit', () => process.stderr.write('\\nloaded ' + JSON.stringify(Object.keys(require.cache))));
  require('./cli/etl.js');
`;

interface Loaded {
  readonly packages: ReadonlySet<string>;
  /** Files of ours, from the root. */
  readonly ours: readonly string[];
}

async function loadedBy(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Loaded> {
  const { stderr } = await command(process.execPath, ['--eval', tell, 'etl', ...args], {
    ETL_STATE_DIR: folder,
    DLQ_URL: undefined,
    S3_RAW_BUCKET: undefined,
    ...env,
  });
  const files: string[] = JSON.parse(/^loaded (.*)$/m.exec(stderr)?.[1] ?? '');
  const packageOf = (file: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return {
    packages: new Set(files.flatMap((file) => packageOf(file) ?? [])),
    ours: files.flatMap((file) => (packageOf(file) ? [] : file.slice(root.length + 1))),
  };
}

const heavy = ({ packages }: Loaded): string[] =>
  [...packages].filter((each) => /^@(temporalio|grpc|aws-sdk|smithy)\/|^(protobufjs|rxjs|asl-validator)$/.test(each));

test.each([[['--help']], [['run', '--help']], [['--version']]])(
  'etl %j loads declarations alone: of packages, commander',
  async (args) => {
    const loaded = await loadedBy(args);
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
])('etl %s loads its own action, and no client of a service that it does not speak to: %j', async (action, args) => {
  const loaded = await loadedBy(args);
  expect(loaded.ours.filter((file) => file.startsWith('dist/cli/actions/'))).toEqual([`dist/cli/actions/${action}.js`]);
  expect(heavy(loaded)).toEqual([]);
});

test('what is needed is loaded, and seen here', async () => {
  expect(heavy(await loadedBy(['asl', '--lint', 'asl/etl-pipeline.asl.json']))).toContain('asl-validator');
  const withQueue = { DLQ_URL: 'http://127.0.0.1:1/letters', AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };
  expect(heavy(await loadedBy(['dlq', 'list'], withQueue))).toContain('@aws-sdk/client-sqs');
});
