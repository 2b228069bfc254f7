import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from '@etl/pipeline/options';
import { Bench } from '../../support/container';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

const rows = 150_000;
/** Each id of the second half repeats one of the first. The last row makes the second column a text. */
const csv = `id,code\n${Array.from({ length: rows }, (_, n) => `${n % (rows / 2)},${n === rows - 1 ? 'x' : n % 100}\n`).join('')}`;
const options: Options = {
  quality: {
    rules: [
      { metric: 'duplicateValues', column: 'id', level: 'warn' },
      { metric: 'duplicateValues', columns: ['id', 'code'], level: 'warn' },
      { metric: 'invalidValues', column: 'code', pattern: '^\\d\\d?$', level: 'warn' },
      { metric: 'rowCount', mustBe: rows },
    ],
  },
};

test('a killed container resumes with the measures and keys of its checkpoint', async () => {
  const path = await bench.file('in.csv', csv);
  const common = { CHUNK_ROWS: '5000', RUN_STARTED_AT: '2026-02-08T01:00:00Z', RUN_ID: 'r' };
  const victim = bench.start(bench.environment(path, common, options));
  const work = join(bench.internal, 'work', 'r-1');
  while (!existsSync(join(work, 'part-00020.parquet'))) await sleep(5);
  victim.child.kill('SIGKILL');
  expect((await victim.ended).exitCode).toBe(null);
  expect(await readdir(work)).toContain('keys-00019-2.bin');

  const { exitCode, last } = await bench.start(bench.environment(path, { ...common, GENERATION: '2' }, options)).ended;
  expect(exitCode).toBe(0);
  expect(last.manifest?.schema[1]?.type).toBe('text');
  expect(last.manifest?.quality?.map(({ value }) => value)).toEqual([rows / 2, rows / 2 - 1, 1, rows]);
  expect(last.manifest?.quality?.[0]?.lines).toEqual([0, 1, 2, 3, 4].map((n) => rows / 2 + 2 + n));
  // The published batch needs no keys.
  expect((await readdir(bench.internal, { recursive: true })).filter((name) => name.includes('keys-'))).toEqual([]);
});
