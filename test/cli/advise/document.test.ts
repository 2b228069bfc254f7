import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileUri } from '@etl/lib/fileUri';
import { layout } from '@etl/pipeline/layout';
import { root } from '../../support/processes';
import { sampleManifest } from './sampleManifest';

const text = readFileSync(join(root, 'docs', 'advice.md'), 'utf8');
/** Commands of the document with their output. */
const examples = [...text.matchAll(/```sh\nnpx etl (.*)\n```\n\n```\n([\s\S]*?)```/g)].map(
  ([, command = '', output = '']) => [command, output] as const,
);

const folder = mkdtempSync(join(tmpdir(), 'advice-'));
const lake = join(folder, 'lake');
const today = new Date().toISOString().slice(0, 10);

/** Datasets with a size that is too large, one that fits and one that is too small. */
const datasets = [
  {
    dataset: 'altas',
    runs: 3,
    resources: { cpus: 0.25, memoryMiB: 490, peakMemoryMiB: 450, cpuSeconds: 20, wallSeconds: 90 },
  },
  {
    dataset: 'pedidos',
    runs: 8,
    resources: { cpus: 1, memoryMiB: 1950, peakMemoryMiB: 900, cpuSeconds: 200, wallSeconds: 240 },
  },
  {
    dataset: 'ventas',
    runs: 25,
    resources: { cpus: 2, memoryMiB: 7900, peakMemoryMiB: 900, cpuSeconds: 550, wallSeconds: 600 },
  },
];

beforeAll(() => {
  for (const { dataset, runs, resources } of datasets) {
    for (let number = 1; number <= runs; number++) {
      const batch = { dataset, batchDate: today, source: `file_${String(number).padStart(2, '0')}` };
      const path = fileURLToPath(layout(fileUri(lake), batch).commit(1));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(sampleManifest(batch, resources)));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command without configuration. Dates and the place of the folder differ each time. */
function outputOf(command: string): string {
  const env = { PATH: process.env.PATH ?? '', HOME: folder };
  const output = execFileSync(process.execPath, [join(root, 'cli', 'etl.js'), ...command.split(' ')], {
    cwd: folder,
    env,
  });
  return output
    .toString()
    .replaceAll(/\d{4}-\d{2}-\d{2} to \d{4}-\d{2}-\d{2}/g, '2026-11-01 to 2026-11-30')
    .replaceAll(fileUri(folder), 'file:///home/ana');
}

test('docs/advice.md has examples of the comparison and of the history', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

test.each(examples)('etl %s prints what docs/advice.md shows', (command, output) => {
  expect(outputOf(command)).toBe(output);
});

test('--json has the documented fields', () => {
  const advice = JSON.parse(outputOf('advise --minutes 30 --kafka --json'));
  const documented = (name: string) => new RegExp(`\\b${name}\\b`).test(text.split('## Output for programs')[1] ?? '');
  const names = [advice, advice.options[0], advice.breakEven[0], advice.kafka].flatMap((object) => Object.keys(object));
  const history = JSON.parse(outputOf('advise --from-history --out lake --json'));
  names.push(...Object.keys(history), ...Object.keys(history.datasets[0]));
  expect(names.filter((name) => !documented(name))).toEqual([]);
  for (const { id } of advice.options) expect(documented(id)).toBe(true);
});
