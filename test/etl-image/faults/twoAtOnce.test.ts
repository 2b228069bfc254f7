import { readFile } from 'node:fs/promises';
import type { Manifest } from '@etl/pipeline/manifest';
import { Bench } from '../../support/container';
import { commits, leftovers, partPath, seen, shas } from './support/batch';
import { deliverHere } from './support/inProcess';
import { startInterrupted } from './support/steps';

const rows = (of: readonly number[], last: string) =>
  of.map((n) => `${n},${n === of.at(-1) ? last : n * 10}\n`).join('');
/** Three chunks of two rows. The last row widens the second column. */
const csv = `id,amount\n${rows([1, 2, 3, 4, 5, 6], '7.5')}`;
const otherCsv = `id,amount\n${rows([7, 8, 9], '1')}`;
/** Allows the replacement of any file's data, which these tests do not examine. */
const anySource = { REPLACES: 'file:///' };
const early = { RUN_STARTED_AT: '2026-02-08T01:00:00Z', CHUNK_ROWS: '2', ...anySource };
const late = { RUN_STARTED_AT: '2026-02-08T02:00:00Z', CHUNK_ROWS: '2', ...anySource };

let bench: Bench;
let undisturbed: Manifest;
beforeAll(async () => {
  const whole = await Bench.create();
  undisturbed = (await whole.convert(csv, late)).manifest;
  await whole.remove();
});
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

/** Starts a launch that pauses before the n-th matching step. Each launch needs a separate folder for its gate. */
async function held(path: string, changes: Record<string, string>, match: string, at = 1) {
  const gate = await Bench.create();
  const run = startInterrupted(gate.folder, bench.environment(path, changes), { how: 'hold', at, match });
  const goOn = async () => {
    await run.letGo();
    return run.ended.finally(() => gate.remove());
  };
  await run.held();
  return { goOn };
}

const beforeCommit = 'link .*/commits/';

test('of two runs of one content at once, one commits and the other finds the commit', async () => {
  const path = await bench.file('in.csv', csv);
  const both = [
    { ...early, RUN_ID: 'a' },
    { ...late, RUN_ID: 'b' },
  ].map((run) => bench.run(path, run));
  const ends = await Promise.all(both);
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(ends.map(({ last }) => last.status).sort()).toEqual(['already', 'committed']);
  const [commit, ...more] = await commits(bench);
  expect(more).toEqual([]);
  expect(commit && shas(commit)).toEqual(shas(undisturbed));
  expect(await seen(bench)).toBe(commit?.runId);
  expect(await leftovers(bench)).toEqual([]);
});

test('two runs of one content that commit simultaneously make one commit and both succeed', async () => {
  const path = await bench.file('in.csv', csv);
  const both = await Promise.all(['a', 'b'].map((name) => held(path, { ...late, RUN_ID: name }, beforeCommit)));
  const ends = await Promise.all(both.map(({ goOn }) => goOn()));
  expect(ends.map(({ exitCode, last }) => [exitCode, last.status]).sort()).toEqual([
    [0, 'already'],
    [0, 'committed'],
  ]);
  expect(await commits(bench)).toHaveLength(1);
  expect(await seen(bench)).not.toBe('nothing');
  expect(await leftovers(bench)).toEqual([]);
});

test('an older run that commits after a newer one is superseded', async () => {
  const path = await bench.file('in.csv', csv);
  const older = await held(await bench.file('old.csv', otherCsv), { ...early, RUN_ID: 'old' }, beforeCommit);
  await deliverHere(bench, path, { ...late, RUN_ID: 'new' });
  expect(await seen(bench)).toBe('new');
  const end = await older.goOn();
  expect([end.exitCode, end.last.status]).toEqual([0, 'superseded']);
  expect((await commits(bench)).map(({ runId }) => runId)).toEqual(['new']);
  expect(await seen(bench)).toBe('new');
  expect(await leftovers(bench)).toEqual([]);
});

test('of two contents at once, the one with the newest fence is published', async () => {
  const paths = [await bench.file('old.csv', otherCsv), await bench.file('in.csv', csv)] as const;
  const [old, young] = await Promise.all([
    bench.run(paths[0], { ...early, RUN_ID: 'old' }),
    bench.run(paths[1], { ...late, RUN_ID: 'new' }),
  ]);
  expect([old.exitCode, young.exitCode, young.last.status]).toEqual([0, 0, 'committed']);
  const log = (await commits(bench)).map(({ runId }) => runId);
  expect(log).toEqual(old.last.status === 'superseded' ? ['new'] : ['old', 'new']);
  expect(await seen(bench)).toBe('new');
  expect(await leftovers(bench)).toEqual([]);
});

test.each([
  ['in the first pass, after two parts', 'upload .*part-00003', 1],
  ['in the second pass, before its first part exists', 'rename .*part-00001', 2],
  ['in the second pass, before the checkpoint of its first part', 'rename .*checkpoint.json', 4],
  ['in the second pass, after its first part', 'upload .*part-00002', 2],
  ['before its commit', beforeCommit, 1],
  ['after its commit', 'rename .*/claims/', 1],
])('generation 1 pauses %s, generation 2 overtakes it, then generation 1 resumes', async (_where, match, at) => {
  const path = await bench.file('in.csv', csv);
  const first = await held(path, { ...late, RUN_ID: 'run' }, match, at);
  const second = await deliverHere(bench, path, { ...late, RUN_ID: 'run', GENERATION: '2' });
  expect(await seen(bench)).toBe('run');
  const { exitCode, last } = await first.goOn();
  const statuses = [second.status, last.status];
  // Its draft counts as one of a killed launch and is removed: it fails, and nothing is lost.
  if (exitCode === 74 && match.startsWith('rename')) expect(statuses).toEqual(['committed', undefined]);
  else expect(statuses).toEqual(match.includes('claims') ? ['already', 'committed'] : ['committed', 'already']);
  expect([exitCode === 74 ? 0 : exitCode, await seen(bench)]).toEqual([0, 'run']);
  expect((await commits(bench)).map(shas)).toEqual([shas(undisturbed)]);
  // Checks the parts in the commit folder too: the next projection copies them from there.
  const [commit] = await commits(bench);
  for (const { location, bytes } of commit?.parts ?? []) {
    expect((await readFile(partPath(bench, location))).length).toBe(bytes);
  }
  // A launch that fails removes nothing.
  expect(await leftovers(bench)).toEqual(exitCode === 74 ? ['work/run-1'] : []);
});

test('generation 1 completes while generation 2 is paused after resuming from its parts, then generation 2 completes', async () => {
  const path = await bench.file('in.csv', csv);
  const first = await held(path, { ...late, RUN_ID: 'run' }, 'upload .*part-00002', 2);
  const second = await held(path, { ...late, RUN_ID: 'run', GENERATION: '2' }, beforeCommit);
  expect((await first.goOn()).last.status).toBe('committed');
  const { exitCode, last } = await second.goOn();
  expect([exitCode, last.status, await seen(bench)]).toEqual([0, 'already', 'run']);
  expect((await commits(bench)).map(shas)).toEqual([shas(undisturbed)]);
  expect(await leftovers(bench)).toEqual([]);
});

/* A finished run no longer needs its folders, but a launch that resumes from their parts does. */
test.each([
  ['while it reads', 'openRead', 2],
  ['after it has checked its parts', beforeCommit, 1],
])('a superseded run is cleaned up while a newer run resumes from its parts, %s', async (_when, match, at) => {
  const path = await bench.file('in.csv', csv);
  const old = await held(path, { ...early, RUN_ID: 'old' }, beforeCommit);
  await deliverHere(bench, await bench.file('other.csv', otherCsv), { ...late, RUN_ID: 'between' });
  const newest = { ...late, RUN_STARTED_AT: '2026-02-08T03:00:00Z', RUN_ID: 'new' };
  const young = await held(path, newest, match, at);
  expect((await old.goOn()).last.status).toBe('superseded');
  const end = await young.goOn();
  const again = await bench.run(path, { ...newest, GENERATION: '2' });
  // The orchestrator launches another task for 69, 74 and 75.
  expect({ end: [0, 69, 74, 75].includes(end.exitCode ?? -1) || end.stderr, again: again.stderr }).toEqual({
    end: true,
    again: '',
  });
  expect([again.exitCode, await seen(bench)]).toEqual([0, 'new']);
  expect((await commits(bench)).map(shas).at(-1)).toEqual(shas(undisturbed));
});
