import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { getFreePort } from '../../local/freePort';
import { root } from '../support/processes';
import { shell } from '../support/shell';
import { AwsLake } from './support/awsLake';

/** A block of shell commands, or a query, of a guide, with the output that the guide shows after it. */
interface Step {
  readonly kind: 'sh' | 'athena' | 'redshift';
  readonly script: string;
  readonly exitCode: number;
  readonly shown: readonly string[];
}

const blocks = /^```(.*)\n([\s\S]*?)^```$/gm;

function stepsOf(markdown: string): Step[] {
  const steps: (Omit<Step, 'shown'> & { shown: string[] })[] = [];
  for (const [, info = '', text = ''] of markdown.matchAll(blocks)) {
    if (info.startsWith('sh')) {
      const exitCode = Number(/exits with (\d+)/.exec(info)?.[1] ?? 0);
      steps.push({ kind: 'sh', script: text, exitCode, shown: [] });
    } else if (info.startsWith('sql ')) {
      const kind = info === 'sql athena' ? 'athena' : 'redshift';
      steps.push({ kind, script: text, exitCode: 0, shown: [] });
    } else if (info === '') steps.at(-1)?.shown.push(...text.trimEnd().split('\n'));
  }
  return steps;
}

const guides = join(root, 'docs', 'guides');
const server = process.env.ETL_TEST_TEMPORAL;
const withServer = server ? describe : describe.skip;

withServer.each(readdirSync(guides))('docs/guides/%s', (name) => {
  const steps = stepsOf(readFileSync(join(guides, name), 'utf8'));
  const needsLake = steps.some(({ kind }) => kind !== 'sh');
  let lake: AwsLake | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'etl-guide-'));
  let ports: string;
  const run = (script: string) => {
    const aws = `aws() { node ${join(__dirname, 'support', 'aws.js')} "$@"; }`;
    // On ports that are free.
    const text = script.replace(/(npx etl up --detach)/g, `$1 ${ports}`);
    return shell(`${aws}\n${text}`, env(), folder);
  };
  const env = () => ({
    PATH: [dirname(server ?? ''), process.env.PATH].join(delimiter),
    XDG_STATE_HOME: join(folder, 'registry'),
    TEMPORAL_ADDRESS: '',
    ETL_STATE_DIR: '',
    ...lake?.env,
  });
  const query = async (kind: Step['kind'], sql: string) => {
    if (!lake) throw new Error('this guide has no lake');
    const stdout = kind === 'athena' ? await lake.athena(sql) : await lake.redshift(sql);
    return { exitCode: 0, stdout, stderr: '' };
  };

  beforeAll(async () => {
    if (needsLake) {
      lake = await AwsLake.start();
      await lake.createDatabase('lake');
    }
    const free = [await getFreePort(), await getFreePort(), await getFreePort()];
    ports = ['--temporal-port', '--ui-port', '--ecs-port'].map((option, at) => `${option} ${free[at]}`).join(' ');
  });
  afterAll(async () => {
    await run('npx etl down');
    await lake?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(steps.map((step, index) => ({ step, index })))('step $index', async ({ step }) => {
    const { exitCode, stdout, stderr } = await (step.kind === 'sh' ? run(step.script) : query(step.kind, step.script));
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: step.exitCode });
    const output = `${stdout}${stderr}`;
    for (const line of step.shown) expect(output).toContain(line.trim());
  });
});
