import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@etl/pipeline/manifest';
import { Bench } from '../../support/container';
import { thorough } from '../../support/thorough';
import { checkpointOf, commits, leftovers, seen, shas, shortened } from './support/batch';
import { deliverHere } from './support/inProcess';
import { type Interruption, startInterrupted } from './support/steps';

/**
 * Four rows per chunk: a reject in the first, a blank row and a coerced date in the second; the third widens a column.
 */
const csv = `id,amount,fecha,nota
1,10,2026-02-01,x
2,11
3,12,2026-02-02,
4,13,2026-02-03,the longest note
5,14,2026-02-04,y
,,,
7,15,2026-02-05,
8,16,never,ñandú
9,17,2026-02-06,z
10,18.5,2026-02-07,
`;
const options = { rejects: { maxShare: 0.5 }, columns: { fecha: 'date' } } as const;
const parallel = 3;
/** Stop timeout of Fargate. Measured times include startup, with three processes on a possibly busy machine. */
const stopTimeoutMs = 30_000;

interface Round {
  /** The step before which it was interrupted. */
  readonly step: string;
  readonly seenBetween: string;
  readonly committedBefore: boolean;
  /** Chunks of the victim's checkpoint that are not stale. */
  readonly finished: number;
  readonly victimExit: number | null;
  readonly victimMs: number;
  readonly next: { readonly status?: string; readonly manifest?: Manifest };
  readonly seenAfter: string;
  readonly left: readonly string[];
}

let baseline: Bench;
let undisturbed: Manifest;
let finalSchema: string | undefined;

beforeAll(async () => {
  baseline = await Bench.create();
  const settings = { RUN_ID: 'before', RUN_STARTED_AT: '2026-02-08T01:00:00Z', CHUNK_ROWS: '1' };
  await baseline.convert('a\n1\n2\n', settings);
  const other = await Bench.create();
  ({ manifest: undisturbed } = await other.convert(csv, { RUN_ID: 'victim', CHUNK_ROWS: '4' }, options));
  await other.remove();
  // A checkpoint is removed after the commit.
  const killed = await Bench.create();
  const launch = killed.environment(await killed.file('in.csv', csv), { RUN_ID: 'victim', CHUNK_ROWS: '4' }, options);
  await startInterrupted(killed.folder, launch, { how: 'SIGKILL', at: 1, match: 'link .*/commits/' }).ended;
  finalSchema = (await checkpointOf(killed, 'victim-1'))?.chunks.at(-1)?.schema;
  await killed.remove();
});
afterAll(() => baseline.remove());

/** Interrupts and relaunches the correction of a batch. Undefined if the launch ended before the interruption. */
async function round(interruption: Interruption): Promise<Round | undefined> {
  const bench = await Bench.create();
  try {
    await cp(join(baseline.folder, 'lake'), join(bench.folder, 'lake'), { recursive: true });
    const path = await bench.file('in.csv', csv);
    // The old batch comes from a file in another folder.
    const changes = {
      RUN_ID: 'victim',
      RUN_STARTED_AT: '2026-02-08T02:00:00Z',
      CHUNK_ROWS: '4',
      REPLACES: 'file:///',
    };
    const victim = startInterrupted(bench.folder, bench.environment(path, changes, options), interruption);
    const startedAt = Date.now();
    const { exitCode: victimExit } = await victim.ended;
    if (!victim.reached()) return undefined;
    const victimMs = Date.now() - startedAt;
    const seenBetween = await seen(bench).catch(String);
    const committedBefore = (await commits(bench)).length > 1;
    const chunks = (await checkpointOf(bench, 'victim-1'))?.chunks ?? [];
    const finished = chunks.filter(({ schema, part }) => part && schema === finalSchema).length;
    // Relaunches in this process, which is fast; rounds with SIGTERM relaunch the program.
    const again = { ...changes, GENERATION: '2' };
    const next =
      interruption.how === 'SIGKILL'
        ? await deliverHere(bench, path, again, options)
        : (await bench.run(path, again, options)).last;
    const [seenAfter, left] = [await seen(bench).catch(String), await leftovers(bench)];
    const step = shortened(victim.step());
    return { step, seenBetween, committedBefore, finished, victimExit, victimMs, next, seenAfter, left };
  } finally {
    await bench.remove();
  }
}

/** Runs all rounds, until a launch ends before its step. */
async function rounds(how: Interruption['how'], stride: number): Promise<Round[]> {
  const found: Round[] = [];
  let [next, over] = [1, false];
  const runSome = async () => {
    while (!over) {
      const at = next;
      next += stride;
      const one = await round({ how, at });
      if (one) found.push(one);
      else over = true;
    }
  };
  await Promise.all(Array.from({ length: parallel }, runSome));
  return found;
}

/** Returns the steps with a wrong result, each with the result. */
const wrong = (of: readonly Round[], what: (round: Round) => unknown, isRight: (round: Round) => boolean): string[] =>
  of.flatMap((each) => (isRight(each) ? [] : [`${each.step}: ${JSON.stringify(what(each))}`]));

describe.each([
  ['SIGKILL', thorough ? 1 : 9],
  ['SIGTERM', thorough ? 7 : 21],
] as const)('the container gets %s before every step, or one in %i', (how, stride) => {
  let all: Round[];
  beforeAll(async () => {
    all = await rounds(how, stride);
  });

  test('covers every stage', () => {
    const met = ['openRead', 'close', 'upload', 'checkpoint.json', 'commits/', 'projections/', 'source=s'];
    if (stride === 1) for (const text of met) expect(all.map(({ step }) => step).join()).toContain(text);
    expect(all.length).toBeGreaterThan(30 / stride);
  });

  test('exits as interrupted: killed, with 143 soon, or successfully if it was nearly complete', () => {
    const ends: readonly (number | null)[] = how === 'SIGKILL' ? [null] : [143, 0];
    const right = ({ victimExit, victimMs }: Round) => ends.includes(victimExit) && victimMs < stopTimeoutMs;
    expect(wrong(all, ({ victimExit, victimMs }) => [victimExit, victimMs], right)).toEqual([]);
  });

  test('readers see the complete old or new batch, or none during the swap', () => {
    const right = ({ seenBetween, committedBefore, step }: Round) =>
      seenBetween === 'before' ||
      (committedBefore && seenBetween === 'victim') ||
      (committedBefore && seenBetween === 'nothing' && step.includes('source=s'));
    expect(wrong(all, ({ seenBetween }) => seenBetween, right)).toEqual([]);
  });

  test('the next generation completes with the bytes of an undisturbed run', () => {
    const outcome = ({ next: { status, manifest }, seenAfter }: Round) => [
      ...[status, seenAfter, manifest && shas(manifest)],
      ...[manifest?.totals, manifest?.rejected, manifest?.coerced, manifest?.schema],
    ];
    const { totals, rejected, coerced, schema } = undisturbed;
    expect(schema.map(({ maxBytes }) => maxBytes)).toEqual([undefined, undefined, undefined, 16]);
    const wanted = [shas(undisturbed), totals, rejected, coerced, schema];
    const right = (each: Round) =>
      JSON.stringify(outcome(each)) ===
      JSON.stringify([each.committedBefore ? 'already' : 'committed', 'victim', ...wanted]);
    expect(wrong(all, outcome, right)).toEqual([]);
  });

  test('the next generation resumes with every finished chunk', () => {
    const right = ({ committedBefore, finished, next }: Round) => committedBefore || next.manifest?.reused === finished;
    expect(wrong(all, ({ finished, next }) => ({ finished, reused: next.manifest?.reused }), right)).toEqual([]);
  });

  test('leaves no unreferenced work folders and no drafts', () => {
    expect(
      wrong(
        all,
        ({ left }) => left,
        ({ left }) => left.length === 0,
      ),
    ).toEqual([]);
  });
});
