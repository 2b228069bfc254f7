import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bench } from '../support/container';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

/** Cell values that occur in no other text. */
const rows = Array.from({ length: 30 }, (_, index) => `${index},2026-02-${10 + (index % 9)},Zq${index}\n`).join('');
const file = (more: string): string => `id,fecha,notas\n${rows}${more}`;
const bad = '77,XqDate,Zqtail\nXqNumber,2026-02-10,Zqtail\n77,2026-02-10,XqA,XqB\n';

test('the log of a conversion has no cell values; the files next to the data do', async () => {
  const content = file(bad);
  const run = await bench.run(
    await bench.file('in.csv', content),
    {},
    { columns: { id: 'integer' }, rejects: { maxShare: 0.5 } },
  );
  expect(run.stderr).toBe('');
  expect(run.exitCode).toBe(0);
  expect(run.stdout).not.toMatch(/Xq|Zq/);
  expect(run.stdout).toContain('fecha: 1 value is not a date and became null in line 32');
  const manifest = await readFile(join(bench.published, '_manifest.json'), 'utf8');
  expect(JSON.parse(manifest).coercedExamples).toEqual({ fecha: ['XqDate'] });
  expect(manifest.replace(/"coercedExamples": \{[^}]*\}/, '')).not.toMatch(/Xq|Zq/);
});

test.each([
  ['too many rejects', file(bad), { columns: { id: 'integer' as const }, rejects: { maxShare: 0 } }],
  ['an unclosed quote', file('77,2026-02-10,"XqOpen\n'), {}],
  ['a wrong header', `a,b\n${'XqA,XqB,XqC\n'.repeat(20)}`, {}],
  [
    'bytes in another encoding',
    Buffer.from(file('77,XqDate,a\u00f1o XqBytes\n'), 'latin1'),
    { dialect: { encoding: 'utf-8' as const }, rejects: { maxShare: 0 } },
  ],
  ['an empty file of blank rows', `XqName\n${',,\n'.repeat(5)}`, {}],
])('the log of a failed conversion has no cell values: %s', async (_what, content, options) => {
  const run = await bench.run(await bench.file('in.csv', content), {}, options);
  expect(run.exitCode).toBe(65);
  expect(run.stdout + run.stderr).not.toMatch(/Xq[^N]|Zq/);
});
