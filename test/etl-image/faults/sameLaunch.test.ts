import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { Manifest } from '@etl/pipeline/manifest';
import { Bench } from '../../support/container';
import { thorough } from '../../support/thorough';
import { commits, leftovers, partPath, seen, shas } from './support/batch';
import { startInterrupted } from './support/steps';

/* A redrive of a state machine starts a container with the run and generation of an earlier one. */
const csv = `id,amount\n${[1, 2, 3, 4, 5, 6].map((n) => `${n},${n === 6 ? 7.5 : n}\n`).join('')}`;
const same = { RUN_ID: 'run', GENERATION: '1', RUN_STARTED_AT: '2026-02-08T01:00:00Z', CHUNK_ROWS: '2' };

let undisturbed: Manifest;
let bench: Bench;
beforeAll(async () => {
  const whole = await Bench.create();
  undisturbed = (await whole.convert(csv, same)).manifest;
  await whole.remove();
});
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

/** Returns the files to which the current manifest refers. */
async function partsNow({ parts }: Manifest): Promise<string[]> {
  const bytes = await Promise.all(parts.map(({ location }) => readFile(partPath(bench, location))));
  return bytes.map((each) => createHash('sha256').update(each).digest('hex'));
}

test.each(thorough ? [2, 4, 6, 8, 10, 12] : [2, 6, 12])(
  'killed before step %d, and launched as the same once more: the same batch',
  async (at) => {
    const path = await bench.file('in.csv', csv);
    const gate = await Bench.create();
    const killed = startInterrupted(gate.folder, bench.environment(path, same), { how: 'SIGKILL', at });
    expect((await killed.ended).exitCode).toBeNull();
    await gate.remove();
    const { exitCode, last } = await bench.run(path, same);
    expect({ exitCode, event: last.event }).toEqual({ exitCode: 0, event: 'finished' });
    const [commit, ...more] = await commits(bench);
    expect(more).toEqual([]);
    expect(commit && shas(commit)).toEqual(shas(undisturbed));
    expect(commit && (await partsNow(commit))).toEqual(shas(undisturbed));
    expect([await seen(bench), await leftovers(bench)]).toEqual(['run', []]);
  },
);

test('resumes with the finished chunks', async () => {
  const path = await bench.file('in.csv', csv);
  const gate = await Bench.create();
  const run = startInterrupted(gate.folder, bench.environment(path, same), {
    ...{ how: 'SIGKILL', at: 1, match: 'link .*/commits/' },
  });
  expect((await run.ended).exitCode).toBeNull();
  await gate.remove();
  const { last, stdout } = await bench.run(path, same);
  expect(stdout).toContain('resuming with 3 chunks of earlier launches');
  // They are in its own folder, so they do not belong to another launch.
  expect(last.manifest).toMatchObject({ runId: 'run', generation: 1, chunks: 3, reused: 0 });
});

test('two launches of the same generation at once make one commit and one batch', async () => {
  const path = await bench.file('in.csv', csv);
  const gate = await Bench.create();
  const first = startInterrupted(gate.folder, bench.environment(path, same), {
    ...{ how: 'hold', at: 1, match: 'upload .*part-00002' },
  });
  await first.held();
  const second = await bench.run(path, same);
  await first.letGo();
  const { exitCode, last } = await first.ended;
  await gate.remove();
  expect([exitCode, last.status, second.exitCode, second.last.status]).toEqual([0, 'already', 0, 'committed']);
  const [commit, ...more] = await commits(bench);
  expect(more).toEqual([]);
  expect(commit && (await partsNow(commit))).toEqual(shas(undisturbed));
});

test('the parts of a replaced commit stay, although the launches have the same name', async () => {
  await bench.convert(csv, same);
  const [before] = await commits(bench);
  await bench.convert(csv.replaceAll(',', ',1'), same);
  const [first, second] = await commits(bench);
  expect(first).toEqual(before);
  expect(second && (await partsNow(second))).toEqual(second && shas(second));
  expect(first && (await partsNow(first))).toEqual(first && shas(first));
});

test('options next to the work folders remain after the commit', async () => {
  const path = await bench.file('in.csv', csv);
  const folder = join(bench.internal, 'options');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'hash.json'), '{"columns":{"id":"text"}}');
  const environment = { ...same, OPTIONS: fileUri(join(folder, 'hash.json')) };
  expect((await bench.run(path, environment)).last.status).toBe('committed');
  // A task killed between its commit and its exit is launched again.
  const again = await bench.run(path, { ...environment, GENERATION: '2' });
  expect([again.exitCode, again.last.status]).toEqual([0, 'already']);
});
