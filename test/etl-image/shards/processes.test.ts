import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileUri } from '@etl/lib/fileUri';
import { Bench } from '../../support/container';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

const csv = `a,b\n${Array.from({ length: 300_000 }, (_, n) => `${n},"text\n${n}"`).join('\n')}\n`;
const workOf = (runId: string, generation = 1) => join(bench.internal, 'work', `${runId}-${generation}`);

/** Returns the files of a shard's folder, with attributes that change when a file is rewritten. */
async function stamps(runId: string): Promise<string[]> {
  const files = (await readdir(workOf(runId))).sort();
  const stats = await Promise.all(files.map((file) => stat(join(workOf(runId), file))));
  return stats.map(({ ino, mtimeMs }, at) => `${files[at]} ${ino} ${mtimeMs}`);
}

test('a killed shard resumes from its checkpoint, and the other shards are not converted again', async () => {
  const path = await bench.file('in.csv', csv);
  const common = { CHUNK_ROWS: '5000', RUN_STARTED_AT: '2026-02-08T01:00:00Z' };
  const alone = await bench.run(path, { ...common, RUN_ID: 'alone', DATASET: 'alone' });
  const indexed = await bench.run(path, { ...common, RUN_ID: 'r', MODE: 'index' });
  expect(indexed).toMatchObject({
    exitCode: 0,
    last: { event: 'finished', status: 'indexed', chunks: 60, rows: 300_000 },
  });
  const index = fileUri(join(workOf('r'), 'index.json'));
  const shard = (number: number) => ({
    ...common,
    MODE: 'shard',
    SHARD: `${number}/3`,
    SHARD_INDEX: index,
    RUN_ID: `s${number}`,
  });

  const victim = bench.start(bench.environment(path, shard(2)));
  while (!existsSync(join(workOf('s2'), 'part-00023.parquet'))) await sleep(5);
  victim.child.kill('SIGKILL');
  expect((await victim.ended).exitCode).toBe(null);
  expect(existsSync(join(workOf('s2'), 'shard.json'))).toBe(false);
  for (const number of [1, 3]) expect((await bench.run(path, shard(number))).exitCode).toBe(0);
  const others = [await stamps('s1'), await stamps('s3')];
  const commit = { ...common, MODE: 'commit', SHARDS: '3', SHARD_INDEX: index, RUN_ID: 'r' };
  const early = await bench.run(path, { ...commit, GENERATION: '2' });
  expect(early.exitCode).toBe(75);
  expect(early.stderr).toMatch(/shard 2\/3 lacks chunks .*\nLaunch those shards again/);

  const kept = JSON.parse(await readFile(join(workOf('s2'), 'checkpoint.json'), 'utf8')).chunks.length;
  expect((await bench.run(path, { ...shard(2), GENERATION: '2' })).exitCode).toBe(0);
  expect([await stamps('s1'), await stamps('s3')]).toEqual(others);
  expect((await readdir(workOf('s2', 2))).filter((name) => name.endsWith('.parquet'))).toHaveLength(20 - kept);
  const done = await bench.run(path, { ...commit, GENERATION: '3' });
  expect(done).toMatchObject({ exitCode: 0, last: { status: 'committed', manifest: { reused: kept } } });
  const shas = ({ last }: typeof done) => last.manifest?.parts.map(({ file, sha256 }) => `${file} ${sha256}`);
  expect(shas(done)).toEqual(shas(alone));
}, 60_000);
