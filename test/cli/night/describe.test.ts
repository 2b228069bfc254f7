import type { CellState } from '@etl/pipeline/calendar/cell';
import { describeNight } from '../../../cli/night/describe';
import { describeLateness } from '../../../cli/night/lateness';
import { type NightReport, type ReportedBatch, urgency } from '../../../cli/night/report';

const batch = (dataset: string, state: CellState, changes: Partial<ReportedBatch> = {}): ReportedBatch => ({
  dataset,
  batchDate: '2026-02-08',
  state,
  isLate: false,
  startsAt: '2026-02-09T01:30:00.000Z',
  deadlineAt: '2026-02-09T05:00:00.000Z',
  files: 0,
  running: 0,
  rows: 0,
  unreadRows: 0,
  costUsd: 0,
  unread: null,
  ...changes,
});
const report = (changes: Partial<NightReport> = {}): NightReport => ({
  at: '2026-02-09T07:20:00.000Z',
  date: null,
  dataset: null,
  server: { address: '127.0.0.1:7233', answers: true, problem: null },
  counts: {},
  batches: [],
  problems: [],
  moreProblems: 0,
  broken: [],
  lateness: { state: 'notNeeded' },
  isBounded: false,
  ...changes,
});

test('shows totals, a line for each batch, and each problem with its command', () => {
  const problem = { dataset: 'stock', batchDate: '2026-02-08', title: 'stock 2026-02-08 norte' };
  const lines = describeNight(
    report({
      counts: { failed: 1, delivered: 1 },
      batches: [
        batch('stock', 'failed', { isLate: true, running: 1, costUsd: 0.01234 }),
        batch('ventas', 'delivered', { files: 3, rows: 1_234_567, deadlineAt: null }),
      ],
      problems: [
        {
          ...problem,
          kind: 'failed',
          failureType: 'OutOfMemory',
          reason: 'killed\nwith 137',
          first: 'Declare more memory',
          command: 'npx etl retry x',
        },
        {
          ...problem,
          kind: 'missing',
          title: 'pedidos 2026-02-08',
          reason: 'no run has started',
          command: 'npx etl batch',
        },
      ],
      moreProblems: 2,
    }),
  );
  expect(lines).toEqual([
    'Tonight, 2026-02-09 07:20 UTC: 1 failed, 1 delivered',
    '',
    'dataset  date        state         files       rows     cost  deadline',
    'stock    2026-02-08  failed, late    0+1          0  $0.0123  05:00Z',
    'ventas   2026-02-08  delivered         3  1,234,567        -  -',
    '',
    'FAILED: OutOfMemory: stock 2026-02-08 norte',
    '  killed; with 137',
    '  Declare more memory.',
    '  npx etl retry x',
    'MISSING: pedidos 2026-02-08',
    '  no run has started',
    '  npx etl batch',
    expect.stringContaining('… and 2 more problems: '),
  ]);
});

test('fits the terminal, whatever the names, numbers and reasons; only commands are longer', () => {
  const long = 'x'.repeat(300);
  const night = report({
    server: { address: long, answers: false, problem: long },
    batches: urgency.map((state) =>
      batch(long, state, {
        isLate: true,
        files: 123_456,
        running: 9_999,
        rows: 98_765_432_109,
        unreadRows: 1,
        costUsd: 1234.5,
        unread: long,
      }),
    ),
    problems: [
      {
        ...{ dataset: long, batchDate: long, title: long, kind: 'late', reason: long, first: long },
        ...{ prepare: long, command: long },
      },
    ],
    broken: [{ name: long, problems: [long] }],
    lateness: { state: 'unknown', problem: long },
  });
  for (const width of [30, 80])
    expect(describeNight(night, width).filter((line) => line.length > width)).toEqual([`  ${long}`, `  ${long}`]);
});

test('a narrow terminal shows fewer columns, and the whole text', () => {
  const night = report({
    batches: [batch('ventas', 'failed')],
    broken: [{ name: 'feedx', problems: ['feedx.yaml:3:12: columns.a: "int64" is not a type'] }],
  });
  expect(describeNight(night, 40)).toEqual([
    ...['Tonight, 2026-02-09 07:20 UTC:', ''],
    ...['dataset  date        state   files  rows', 'ventas   2026-02-08  failed      0     0'],
    ...['feedx: CANNOT BE USED:', '  feedx.yaml:3:12: columns.a: "int64" is', '  not a type'],
  ]);
});

test('without a terminal, nothing is truncated or wrapped', () => {
  const long = `${'long '.repeat(300)}end`;
  const lines = describeNight(
    report({
      batches: [batch('x'.repeat(30), 'unknown', { unread: long })],
      problems: [{ dataset: 'a', batchDate: '2026-02-08', title: 'a', kind: 'failed', reason: long }],
      broken: [{ name: 'b', problems: [long] }],
    }),
  );
  expect(lines.filter((line) => line.endsWith(long))).toHaveLength(3);
  expect(lines.join('\n')).not.toContain('…');
});

test('the commands of a batch without a schedule are lines of their own', () => {
  const problem = {
    dataset: 'a',
    batchDate: '2026-02-08',
    title: 'a',
    kind: 'missing',
    reason: 'no schedule',
  } as const;
  const commands = { prepare: 'npx etl dataset apply', command: 'npx etl batch --dataset a' };
  const lines = describeNight(report({ problems: [{ ...problem, first: 'Create its schedule', ...commands }] }));
  expect(lines.slice(-3)).toEqual(['  Create its schedule.', `  ${commands.prepare}`, `  ${commands.command}`]);
});

test('without an answer of the server, does not say that no run was started', () => {
  const server = { address: '127.0.0.1:7233', answers: false, problem: 'no answer' };
  expect(describeNight(report({ server }))).toEqual([
    'Tonight, 2026-02-09 07:20 UTC: no batch is scheduled',
    'Runs are not known: no answer',
  ]);
});

test('says that there is nothing to show', () => {
  expect(describeNight(report({ date: '2026-02-08', dataset: 'ventas' }))).toEqual([
    'Batches of ventas of 2026-02-08, 2026-02-09 07:20 UTC: no batch is scheduled, and no run was started',
  ]);
});

test('says when the check for late batches has stopped, and how to look at it', () => {
  const last = { at: '2026-02-09T01:00:00.000Z', everyMinutes: 15, batches: 1, sent: 0, unread: [] };
  expect(describeLateness({ state: 'stopped', last })).toEqual({
    fact: 'NO CHECK since 2026-02-09 01:00 UTC, for more than 3 intervals of 15 minutes',
    remedy: expect.stringContaining('schedule describe --schedule-id etl-lateness'),
  });
  expect(describeLateness({ state: 'neverRan' })?.remedy).toContain('schedule lateness --every 15');
  expect(describeLateness({ state: 'running', last: { ...last, unread: ['a'] } })?.fact).toBe(
    'last check at 2026-02-09 01:00 UTC; it could not read a',
  );
});
