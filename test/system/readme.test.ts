import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { getFreePort } from '../../local/freePort';
import { command, type Ended, root, start } from '../support/processes';
import { until } from '../support/system';

/** Commands of the README that are not run here, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'npm run demo': 'has tests of its own: test/system/up.test.ts',
  'npm test': 'is this suite',
  'npx etl up': 'is the system that all others use',
  'mkdir -p landing && npx etl up --watch landing': 'starts another system: test/system/watch.test.ts',
  'npx etl compare samples/ventas.csv --date 2026-02-08': 'needs Docker: test/system/compareMinistack.test.ts',
  'docker compose up': 'needs Docker: test/system/compose.test.ts',
  'docker build -f etl-image/Dockerfile -t etl-worker .': 'needs Docker: test/etl-image/docker.test.ts',
};

/** Its key is in the bucket of the system in Docker: see test/system/compose.test.ts. */
const inDocker = /"s3Key":"ventas\/ventas_2026_02\.csv"/;

/** Returns the commands of the shell blocks in order, without comments and line continuations. */
function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter(Boolean),
  );
}

const commands = commandsOf(readFileSync(join(root, 'README.md'), 'utf8'));

test('every exception is a command of the README', () => {
  expect(Object.keys(exceptions).filter((each) => !commands.includes(each))).toEqual([]);
});

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('in a clone, with etl up running', () => {
  let clone: string;
  let env: NodeJS.ProcessEnv;
  let system: ReturnType<typeof start>;
  beforeAll(async () => {
    clone = await mkdtemp(join(tmpdir(), 'etl-readme-'));
    // A separate clone, because the commands write into it.
    const left = new Set(['.git', '.etl', 'samples', 'package.json']);
    for (const name of await readdir(root)) if (!left.has(name)) symlinkSync(join(root, name), join(clone, name));
    for (const name of ['samples', 'package.json']) await cp(join(root, name), join(clone, name), { recursive: true });
    const [temporal, ui, ecs] = [await getFreePort(), await getFreePort(), await getFreePort()];
    const path = [dirname(process.env.ETL_TEST_TEMPORAL ?? ''), process.env.PATH].join(delimiter);
    // As `etl up` prints: the temporal commands need the address when the port is not the default.
    env = { ...process.env, PATH: path, ETL_STATE_DIR: '', TEMPORAL_ADDRESS: `127.0.0.1:${temporal}` };
    const ports = `--temporal-port ${temporal} --ui-port ${ui} --ecs-port ${ecs}`;
    system = start(
      'sh',
      ['-c', `exec node cli/etl.js up ${ports} > up.log 2>&1`],
      { ...env, TEMPORAL_ADDRESS: '' },
      clone,
    );
    const log = () => (existsSync(join(clone, 'up.log')) ? readFileSync(join(clone, 'up.log'), 'utf8') : '');
    await until(
      'etl up is ready',
      60,
      () => log().includes('Press Ctrl-C to stop everything') || system.child.exitCode !== null,
    );
    expect(log()).toContain('Ready.');
  });
  afterAll(async () => {
    system.child.kill('SIGINT');
    await system.ended;
    await rm(clone, { recursive: true, force: true });
  });

  const run = (line: string): Promise<Ended> => command('sh', ['-c', line], env, clone);

  test.each(commands.filter((each) => !(each in exceptions) && !inDocker.test(each)))('%s', async (line) => {
    const { exitCode, stdout, stderr } = await run(line);
    expect({ exitCode, output: exitCode === 0 ? '' : stdout + stderr }).toEqual({ exitCode: 0, output: '' });
  });

  test('the commands that etl up prints work in another terminal of the same folder', async () => {
    const log = readFileSync(join(clone, 'up.log'), 'utf8');
    const [, shown = ''] = /In another terminal:\n([\s\S]*)Press Ctrl-C/.exec(log) ?? [];
    const [etl = '', temporal = ''] = commandsOf(`\`\`\`sh\n${shown}\`\`\``);
    expect(etl).toMatch(/ run .*ventas\.csv --date 2026-02-08$/);
    expect(temporal).toMatch(/workflow start .*--address 127\.0\.0\.1:\d+/);
    const pasted = { ...env, TEMPORAL_ADDRESS: '' };
    for (const line of [etl, temporal.replace('my-first-run', 'my-second-run')]) {
      const { exitCode, stdout, stderr } = await command('sh', ['-c', line], pasted, clone);
      expect({ exitCode, output: exitCode === 0 ? '' : stdout + stderr }).toEqual({ exitCode: 0, output: '' });
    }
  });
});
