import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { alertsFile, alertTestsFile, expressions } from '../support/monitoring';
import { withoutVariables } from '../support/promql';

const program = process.env.ETL_TEST_PROMTOOL;
const withPromtool = program ? describe : describe.skip;

/** Runs promtool. Throws with its output if it fails. */
async function promtool(...args: string[]): Promise<string> {
  return promisify(execFile)(program ?? '', args).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`${stdout}\n${stderr}`);
    },
  );
}

withPromtool('Prometheus', () => {
  test('accepts the rules', async () => {
    expect(await promtool('check', 'rules', alertsFile)).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('fires each alert when it must, and only then', async () => {
    expect(await promtool('test', 'rules', alertTestsFile)).toContain('SUCCESS');
  });

  test('accepts the expressions of the dashboard', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'etl-dashboard-'));
    const file = join(folder, 'rules.yml');
    const rules = expressions.map(([, expr], index) => ({ record: `panel:${index}`, expr: withoutVariables(expr) }));
    try {
      await writeFile(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
      expect(await promtool('check', 'rules', file)).toContain(`SUCCESS: ${rules.length} rules found`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
