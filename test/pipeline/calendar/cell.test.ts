import { latenessOf } from '@etl/pipeline/calendar/alerts';
import { type CellState, cellOf, type DayFacts, type RunFact } from '@etl/pipeline/calendar/cell';
import { type ExpectedBatch, expectedBatches } from '@etl/pipeline/calendar/expected';
import { expectEqual } from '../../support/expectEqual';
import { type Random, randomFrom } from '../../support/random';
import { thorough } from '../../support/thorough';

const minute = 60_000;

/** What happens in a simulated night, in minutes since the epoch. */
type Happening =
  | { readonly at: number; readonly what: 'batchStarts' | 'batchEnds' }
  | {
      readonly at: number;
      readonly what: 'starts' | 'isHeld' | 'isAnswered' | 'delivers' | 'fails';
      readonly file: string;
    };

interface SimulatedNight {
  readonly expected: ExpectedBatch;
  readonly happenings: readonly Happening[];
  readonly isPaused: boolean;
}

/**
 * Simulates the night of a batch: usually a scheduled batch with some files, sometimes none at all, files that are held,
 * fail and are started again, and deliveries that are repeated.
 */
function simulate(random: Random, expected: ExpectedBatch): SimulatedNight {
  const start = expected.startsAt / minute;
  const happenings: Happening[] = [];
  const files = Array.from({ length: 1 + random.below(3) }, (_, index) => `f${index}`);
  const isPaused = random.chance(0.05);
  const hasRun = !isPaused && random.chance(0.85);
  const begin = hasRun ? start + random.below(4) : start + 60 + random.below(600);
  if (!hasRun && random.chance(0.5)) return { expected, happenings, isPaused };
  const run = (file: string, from: number, goodness: number): number => {
    let at = from;
    happenings.push({ at, what: 'starts', file });
    at += 1 + random.below(200);
    if (random.chance(0.2)) {
      happenings.push({ at, what: 'isHeld', file });
      at += 1 + random.below(400);
      happenings.push({ at, what: 'isAnswered', file });
      at += 1 + random.below(20);
    }
    happenings.push({ at, what: random.chance(goodness) ? 'delivers' : 'fails', file });
    return at;
  };
  happenings.push({ at: begin, what: 'batchStarts' });
  const ends = files.map((file) => run(file, begin + random.below(5), 0.8));
  let last = Math.max(...ends) + 1;
  happenings.push({ at: last, what: 'batchEnds' });
  const hasFailed = (file: string) =>
    happenings.filter((each) => 'file' in each && each.file === file).at(-1)?.what === 'fails';
  for (const file of files) {
    for (let tries = 0; tries < 3 && hasFailed(file) && random.chance(0.8); tries++)
      last = run(file, last + 1 + random.below(60), 0.6);
    if (!hasFailed(file) && random.chance(0.1)) last = run(file, last + 1 + random.below(300), 0.9);
  }
  return { expected, happenings: happenings.sort((a, b) => a.at - b.at), isPaused };
}

/** Brute force: follows the night minute by minute. */
function* follow({ expected, happenings, isPaused }: SimulatedNight, from: number, to: number) {
  const files = new Map<string, 'running' | 'held' | 'failed' | 'delivered'>();
  const delivered = new Set<string>();
  let batch: 'none' | 'running' | 'ended' = 'none';
  let hasReportedFailure = false;
  let next = 0;
  for (let now = from; now <= to; now++) {
    for (; (happenings[next]?.at ?? Number.POSITIVE_INFINITY) <= now; next++) {
      const happening = happenings[next] as Happening;
      if (happening.what === 'batchStarts') batch = 'running';
      else if (happening.what === 'batchEnds') {
        batch = 'ended';
        if ([...files.values()].includes('failed')) hasReportedFailure = true;
      } else if ('file' in happening) {
        const { what, file } = happening;
        if (what === 'delivers') delivered.add(file);
        if (what === 'fails' && batch === 'ended') hasReportedFailure = true;
        files.set(
          file,
          (
            {
              starts: 'running',
              isAnswered: 'running',
              isHeld: 'held',
              delivers: 'delivered',
              fails: 'failed',
            } as const
          )[what],
        );
      }
    }
    const states = [...files.values()];
    const isOpen = batch === 'running' || states.includes('running');
    const isOutstanding =
      batch === 'running' || [...files].some(([file, state]) => state !== 'delivered' && !delivered.has(file));
    const isPast = now * minute >= (expected.deadlineAt ?? 0);
    const isDue = now * minute >= expected.dueAt && !isPaused;
    const state: CellState = states.includes('failed')
      ? 'failed'
      : states.includes('held')
        ? 'held'
        : isOpen
          ? isPast && isOutstanding
            ? 'late'
            : 'running'
          : batch === 'ended'
            ? 'delivered'
            : isDue
              ? 'missing'
              : 'notDue';
    const isLate = isPast && (state === 'missing' || (state !== 'delivered' && state !== 'notDue' && isOutstanding));
    const alerts = hasReportedFailure
      ? []
      : [...(state === 'missing' ? ['neverStarted'] : []), ...(isLate ? ['late'] : [])];
    yield { now, state, alerts };
  }
}

/** What storage and Temporal show at a time. Files of a batch report nothing: the batch does, when it ends. */
function factsAt({ happenings, expected, isPaused }: SimulatedNight, now: number): DayFacts {
  const past = happenings.filter(({ at }) => at <= now);
  const commits = new Map<string, { source: string; rows: number; runStartedAt: number }>();
  const runs: RunFact[] = [];
  const starts = new Map<string, number>();
  const batchStart = past.find(({ what }) => what === 'batchStarts')?.at;
  const batchEnd = past.find(({ what }) => what === 'batchEnds')?.at;
  const change = (file: string, changes: Partial<RunFact>): void => {
    const index = runs.findLastIndex(({ source }) => source === file);
    runs[index] = { ...(runs[index] as RunFact), ...changes };
  };
  for (const each of past) {
    if (!('file' in each)) continue;
    const { what, file, at } = each;
    const workflowId = `etl/ventas/${expected.batchDate}/${file}`;
    if (what === 'starts') {
      starts.set(file, at * minute);
      runs.push({
        kind: 'file',
        workflowId,
        runId: `${file}-${at}`,
        state: 'running',
        startedAt: at * minute,
        source: file,
      });
    } else if (what === 'isHeld') change(file, { state: 'held' });
    else if (what === 'isAnswered') change(file, { state: 'running' });
    else if (what === 'delivers') {
      change(file, { state: 'completed' });
      commits.set(file, { source: file, rows: 10, runStartedAt: starts.get(file) ?? 0 });
    } else change(file, { state: 'failed', isReported: batchEnd !== undefined && at > batchEnd });
  }
  if (batchStart !== undefined) {
    const failedAtEnd = happenings.filter((each) => 'file' in each && each.at < (batchEnd ?? 0));
    const undelivered = [...new Set(failedAtEnd.flatMap((each) => ('file' in each ? [each.file] : [])))].filter(
      (file) => failedAtEnd.filter((each) => 'file' in each && each.file === file).at(-1)?.what === 'fails',
    );
    const end = batchEnd === undefined ? 'running' : undelivered.length > 0 ? 'failed' : 'completed';
    runs.push({
      kind: 'batch',
      workflowId: 'nightly/ventas-x',
      runId: 'b',
      state: end,
      startedAt: batchStart * minute,
      ...(end === 'failed' && {
        isReported: true,
        failureType: 'BatchIncomplete',
        undelivered: undelivered.map((file) => `etl/ventas/${expected.batchDate}/${file}`),
      }),
    });
  }
  return {
    commits: [...commits.values()],
    runs: runs.reverse(),
    ...(isPaused && { schedule: { exists: true, pausedAfter: expected.startsAt - 1 } }),
  };
}

test('a year of nights with gaps, pauses, holds, failures and repetitions, compared minute by minute', () => {
  const declaration = { schedule: { at: '02:30', deadline: '06:00', timeZone: 'Europe/Madrid', dayOffset: -1 } };
  const seeds = thorough ? 20 : 2;
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed++) {
    const random = randomFrom(seed);
    for (const expected of expectedBatches({ name: 'ventas', declaration }, '2027-01-01', '2027-12-31')) {
      const night = simulate(random, expected);
      const start = expected.startsAt / minute;
      const changes = [expected.dueAt, expected.deadlineAt ?? 0].map((at) => at / minute);
      const looks = new Set([...changes, ...night.happenings.map(({ at }) => at)].flatMap((at) => [at - 1, at]));
      const end = Math.max(start + 30 * 60, ...night.happenings.map(({ at }) => at)) + 1;
      for (const { now, state, alerts } of follow(night, start - 1, end)) {
        if (!looks.has(now) && !random.chance(0.005)) continue;
        const facts = factsAt(night, now);
        const found = {
          state: cellOf(expected, facts, now * minute).state,
          alerts: latenessOf(expected, facts, now * minute),
        };
        seen.set(state, (seen.get(state) ?? 0) + 1);
        const about = { seed, batchDate: expected.batchDate, minutes: now - start, night: night.happenings };
        expectEqual({ ...found, ...about }, { state, alerts, ...about });
      }
    }
  }
  expect([...seen.keys()].sort()).toEqual(['delivered', 'failed', 'held', 'late', 'missing', 'notDue', 'running']);
});

const expected: ExpectedBatch = {
  dataset: 'ventas',
  batchDate: '2027-02-07',
  startsAt: 100 * minute,
  dueAt: 105 * minute,
  catchUpUntil: 1540 * minute,
  deadlineAt: 300 * minute,
  minFiles: 1,
};
const run = (changes: Partial<RunFact>): RunFact => ({
  kind: 'file',
  workflowId: 'etl/ventas/2027-02-07/norte',
  runId: 'r',
  state: 'failed',
  startedAt: 100 * minute,
  source: 'norte',
  ...changes,
});
const commit = (runStartedAt: number) => ({ source: 'norte', rows: 5, runStartedAt: runStartedAt * minute });
const [early, due, past] = [102 * minute, 200 * minute, 400 * minute];

test.each<[string, DayFacts, number, CellState]>([
  ['without Temporal, a commit delivers', { commits: [commit(100)] }, past, 'delivered'],
  ['without Temporal, a due batch without a commit is unknown', { commits: [] }, due, 'unknown'],
  ['without Temporal, it is late after its deadline', { commits: [] }, past, 'late'],
  [
    'a start before the schedule was created is not expected',
    { commits: [], runs: [], schedule: { exists: true, createdAt: 100 * minute } },
    past,
    'notDue',
  ],
  [
    'a batch of a schedule that does not exist is missing',
    { commits: [], runs: [], schedule: { exists: false } },
    due,
    'missing',
  ],
  ['a batch is not missing within its grace', { commits: [], runs: [] }, early, 'notDue'],
  [
    'a commit of an earlier run does not make a failure good',
    { commits: [commit(90)], runs: [run({})] },
    past,
    'failed',
  ],
  ['a commit of a later run does', { commits: [commit(150)], runs: [run({})] }, past, 'delivered'],
  [
    'so does a run of another ID that found the file delivered',
    {
      commits: [commit(90)],
      runs: [run({}), run({ workflowId: 'by-hand', runId: 's', state: 'completed', startedAt: 150 * minute })],
    },
    past,
    'delivered',
  ],
  [
    'applied sinks make SinkFailed good',
    { commits: [commit(100)], runs: [run({ failureType: 'SinkFailed' })], appliedSources: ['norte'] },
    past,
    'delivered',
  ],
  [
    'they do not make other failures good',
    { commits: [commit(100)], runs: [run({})], appliedSources: ['norte'] },
    past,
    'failed',
  ],
  [
    'a terminated batch stays failed',
    { commits: [commit(100)], runs: [run({ kind: 'batch', workflowId: 'b', failureType: 'Terminated' })] },
    past,
    'failed',
  ],
  [
    'a later batch replaces it',
    {
      commits: [commit(100)],
      runs: [
        run({ kind: 'batch', workflowId: 'b', failureType: 'Terminated' }),
        run({ kind: 'batch', workflowId: 'c', state: 'completed', startedAt: 150 * minute }),
      ],
    },
    past,
    'delivered',
  ],
  [
    'a batch that found no files is delivered once enough of them are',
    {
      commits: [commit(150)],
      runs: [run({ kind: 'batch', workflowId: 'b', failureType: 'BatchIncomplete', undelivered: [] })],
    },
    past,
    'delivered',
  ],
  ['fewer commits than minFiles, without a batch, are missing', { commits: [], runs: [] }, due, 'missing'],
])('%s', (_what, facts, now, state) => {
  expect(cellOf(expected, facts, now).state).toBe(state);
});

test('counts rows and files, and the cost of all runs of files', () => {
  const facts = {
    commits: [commit(100)],
    runs: [
      run({ costUsd: 1 }),
      run({ runId: 's', state: 'completed', startedAt: 150 * minute, costUsd: 2 }),
      run({ kind: 'batch', workflowId: 'b', state: 'completed', costUsd: 3 }),
    ],
  };
  expect(cellOf(expected, facts, past)).toMatchObject({
    state: 'delivered',
    files: 1,
    rows: 5,
    costUsd: 3,
    problems: [],
  });
});

test('a failure that could not be reported does not suppress the alert about lateness', () => {
  const facts = (isReported: boolean) => ({ commits: [], runs: [run({ isReported, failureType: 'Terminated' })] });
  expect(latenessOf(expected, facts(false), past)).toEqual(['late']);
  expect(latenessOf(expected, facts(true), past)).toEqual([]);
});
