import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { getFreePort } from '../../local/freePort';
import { command, root } from '../support/processes';

/** A shell block of a guide, with the output that the guide shows after it. */
interface Step {
  readonly script: string;
  readonly exitCode: number;
  readonly shown: readonly string[];
}

const blocks = /^```(.*)\n([\s\S]*?)^```$/gm;

function stepsOf(markdown: string): Step[] {
  const steps: { script: string; exitCode: number; shown: string[] }[] = [];
  for (const [, info = '', text = ''] of markdown.matchAll(blocks)) {
    if (info.startsWith('sh')) {
      steps.push({ script: text, exitCode: Number(/exits with (\d+)/.exec(info)?.[1] ?? 0), shown: [] });
    } else if (info === '') steps.at(-1)?.shown.push(...text.trimEnd().split('\n'));
  }
  return steps;
}

const guides = join(root, 'docs', 'guides');
const server = process.env.ETL_TEST_TEMPORAL;
const withServer = server ? describe : describe.skip;

withServer.each(readdirSync(guides))('docs/guides/%s', (name) => {
  const steps = stepsOf(readFileSync(join(guides, name), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'etl-guide-'));
  let ports: string;
  const run = (script: string) => {
    // As `npx etl` in a clone, on ports that are free.
    const npx = `npx() { shift; node ${join(root, 'cli', 'etl.js')} "$@"; }`;
    const text = script.replace(/(npx etl up --detach)/g, `$1 ${ports}`);
    return command('bash', ['-euo', 'pipefail', '-c', `${npx}\n${text}`], env(), folder);
  };
  const env = () => ({
    PATH: [dirname(server ?? ''), process.env.PATH].join(delimiter),
    XDG_STATE_HOME: join(folder, 'registry'),
    TEMPORAL_ADDRESS: '',
    ETL_STATE_DIR: '',
  });

  beforeAll(async () => {
    const free = [await getFreePort(), await getFreePort(), await getFreePort()];
    ports = ['--temporal-port', '--ui-port', '--ecs-port'].map((option, at) => `${option} ${free[at]}`).join(' ');
  });
  afterAll(async () => {
    await run('npx etl down');
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(steps.map((step, index) => ({ step, index })))('step $index', async ({ step }) => {
    const { exitCode, stdout, stderr } = await run(step.script);
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: step.exitCode });
    const output = `${stdout}${stderr}`;
    for (const line of step.shown) expect(output).toContain(line.trim());
  });
});
