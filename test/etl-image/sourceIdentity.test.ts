import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { openStore } from '@etl/storage/openStore';
import { Bench } from '../support/container';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

const run = (env: Record<string, string>) => bench.start(env).ended;

test('requires only the file and its date', async () => {
  const path = await bench.file('ventas.csv', 'a\n1\n');
  const { exitCode: code, last } = await run({ INPUT_FILE: path, BATCH_DATE: '2026-02-08', SCRATCH_DIR: bench.folder });
  expect([code, last.status]).toEqual([0, 'committed']);
  const dataset = (await readdir(join(bench.folder, 'lake'))).filter((name) => !['_etl', 'etl-commits'].includes(name));
  const [source = ''] = await readdir(join(bench.folder, 'lake', ...dataset, 'batch_date=2026-02-08'));
  expect(source).toMatch(/^source=ventas-[0-9a-f]{12}$/);
});

test('exits with 66 for a missing file', async () => {
  const { exitCode: code, last } = await run({ INPUT_FILE: join(bench.folder, 'x.csv'), BATCH_DATE: '2026-02-08' });
  expect([code, last.cause]).toEqual([66, expect.stringMatching(/x\.csv: the object does not exist/)]);
});

test('exits with 80 for a source replaced after validation, and publishes nothing', async () => {
  const path = await bench.file('in.csv', 'a\n1\n');
  const fingerprint = (await openStore().head(fileUri(path)))?.fingerprint ?? '';
  const env = bench.environment(path, { SOURCE_FINGERPRINT: fingerprint });
  await writeFile(path, 'a\n22\n');
  const changed = await run(env);
  expect([changed.exitCode, changed.last.cause]).toEqual([80, expect.stringMatching(/replaced after its validation/)]);
  const now = (await openStore().head(fileUri(path)))?.fingerprint ?? '';
  expect((await run({ ...env, SOURCE_FINGERPRINT: now })).exitCode).toBe(0);
});

test('a commit replaces the data of another file only if that is declared', async () => {
  const [one, other] = [await bench.file('one.csv', 'a\n1\n'), await bench.file('other.csv', 'a\n2\n')];
  expect((await run(bench.environment(one))).exitCode).toBe(0);
  const { exitCode: code, last } = await run(bench.environment(other));
  expect(code).toBe(81);
  expect(last.cause).toContain(`delivered from ${fileUri(one)}, and ${fileUri(other)} would replace it`);
  const commits = join(bench.folder, 'lake', '_etl', 'd', '2026-02-08', 's', 'commits');
  expect(await readdir(commits)).toEqual(['000001.json']);
  expect((await run(bench.environment(other, { REPLACES: fileUri(one) }))).last.status).toBe('committed');
  const replaced = JSON.parse(await readFile(join(commits, '000002.json'), 'utf8')) as { source: { uri: string } };
  expect(replaced.source.uri).toBe(fileUri(other));
  expect((await run(bench.environment(one))).exitCode).toBe(81);
  expect((await run(bench.environment(one, { REPLACES: `${fileUri(bench.folder)}/` }))).last.status).toBe('committed');
});

test('the same file under another spelling of its URI is the same source', async () => {
  const path = await bench.file('r+1.csv', 'a\n1\n');
  expect((await run(bench.environment(fileUri(path)))).last.status).toBe('committed');
  expect((await run(bench.environment(fileUri(path).replace('+', '%2B')))).last.status).toBe('already');
});
