import { remedies } from '@etl/pipeline/failures/remedies';
import { type FailureType, failureTypes } from '@etl/pipeline/failures/table';
import { briefFailureLines, failureLines, headlineOf } from '@etl/pipeline/runs/failureView';
import { runViewOfFile } from '@etl/pipeline/runs/fileView';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import { runViewOf } from '@etl/pipeline/runs/viewOf';

const input = { detail: { s3Key: 's3://raw/ventas/norte.csv', batchDate: '2026-02-08', dataset: 'ventas' } };
const facts: RunFacts = {
  workflowType: 'etlPipeline',
  workflowId: 'etl/ventas/2026-02-08/norte',
  runId: 'r1',
  status: 'FAILED',
  startedAt: '2026-02-09T03:00:00.000Z',
  endedAt: '2026-02-09T03:10:00.000Z',
  input,
};
const open = ({ endedAt: _, ...rest }: RunFacts): RunFacts => ({ ...rest, status: 'RUNNING' });
const types = Object.keys(failureTypes) as FailureType[];

test.each(types)('a run that failed with %s has its type as headline and the command of its remedy', (type) => {
  const view = runViewOf({ ...facts, failure: { type, message: 'why', evidence: { logTail: [] } } });
  const [headline = '', ...lines] = failureLines(view);
  expect(headline).toBe(`FAILED: ${type}: ventas 2026-02-08 norte`);
  expect(lines).toContain('Reason    why');
  expect(lines.at(-2)).toBe(`Next      ${remedies[type].first}. Then:`);
  const command = {
    run: 'npx etl run s3://raw/ventas/norte.csv --date 2026-02-08 --dataset ventas',
    retry: 'npx etl retry etl/ventas/2026-02-08/norte',
    replay: 'npx etl sink replay ventas --from 2026-02-08 --to 2026-02-08',
    approve: 'npx etl approve etl/ventas/2026-02-08/norte',
    runs: 'npx etl runs --dataset ventas',
  }[remedies[type].command];
  expect(lines.at(-1)).toBe(`          ${command}`);
});

test('shows why a task did not start, instead of a log', () => {
  const stoppedReason = 'CannotPullContainerError: pull image manifest has been retried 5 time(s)';
  const evidence = {
    generation: 6,
    taskArn: 'arn:aws:ecs:eu-west-1:1:task/etl/abc',
    stopCode: 'TaskFailedToStart',
    stoppedReason,
    logTail: [],
    launches: [
      { generation: 6, lane: 'fargate', spot: false, failureType: 'TaskFailedToStart', reason: stoppedReason },
    ],
  };
  const message = `no exit code; ${stoppedReason} (the infrastructure budget of 5 relaunches is exhausted)`;
  const view = runViewOf({ ...facts, failure: { type: 'TaskFailedToStart', message, evidence } });
  expect(failureLines(view)).toEqual([
    'FAILED: TaskFailedToStart: ventas 2026-02-08 norte',
    'Step      transform, launch 6',
    `Reason    ${message}`,
    `Stopped   TaskFailedToStart: ${stoppedReason}`,
    'Task      arn:aws:ecs:eu-west-1:1:task/etl/abc',
    'Launches  launch 6: on demand: TaskFailedToStart',
    'Cost      no separate cost, because the task never ran',
    'Run       etl/ventas/2026-02-08/norte (r1)',
    'Next      Correct the image, network or secret named in the reason. Then:',
    '          npx etl retry etl/ventas/2026-02-08/norte',
  ]);
});

test('lists the reasons of invalid input, and repeats the options of the event in the command', () => {
  const detail = { ...input.detail, dialect: { delimiter: ';' }, notifications: 'none' };
  const evidence = { logTail: ['line 3: 4 fields instead of 5', 'line 9: 6 fields instead of 5'] };
  const failure = { type: 'InvalidInput', message: evidence.logTail.join('; '), evidence };
  const lines = failureLines(runViewOf({ ...facts, input: { detail }, failure }));
  expect(lines.slice(0, 5)).toEqual([
    'FAILED: InvalidInput: ventas 2026-02-08 norte',
    'Step      validate',
    'Reason    line 3: 4 fields instead of 5',
    '          line 9: 6 fields instead of 5',
    'Cost      nothing was launched',
  ]);
  expect(lines.at(-1)).toContain(`--options '{"dialect":{"delimiter":";"}}'`);
});

test('shows the last log lines, the exit code and the cost of a failed task', () => {
  const launch = {
    generation: 1,
    lane: 'fargate',
    spot: true,
    seconds: 61,
    costUsd: 0.0016,
    failureType: 'TaskFailed',
  };
  const logTail = Array.from({ length: 20 }, (_, n) => `log ${n}`);
  const evidence = { generation: 1, stopCode: 'EssentialContainerExited', exitCode: 74, logTail };
  const memo = { etl: { outcome: 'TaskFailed', launches: [launch], costUsd: 0.0016, deadLetter: { letterId: 'l' } } };
  const lines = failureLines(runViewOf({ ...facts, memo, failure: { type: 'TaskFailed', message: 'disk', evidence } }));
  expect(lines).toEqual(expect.arrayContaining(['Exit      74', 'Log       log 10', '          log 19']));
  expect(lines).not.toContain('          log 9');
  expect(lines).toEqual(expect.arrayContaining(['Cost      $0.0016, estimated', 'Event     in the dead-letter queue']));
});

test('a list of workflows has the failure type, the reason and the command from the memo alone', () => {
  const { input: _, ...listed } = facts;
  const memo = { etl: { outcome: 'BadData', reason: '9999 too few fields', launches: [] } };
  expect(runViewOf({ ...listed, memo })).toMatchObject({
    outcome: 'failed',
    failureType: 'BadData',
    reason: '9999 too few fields',
    batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'norte' },
    next: { kind: 'command', command: 'npx etl retry etl/ventas/2026-02-08/norte' },
  });
});

test.each([
  ['TERMINATED', 'TERMINATED: ventas 2026-02-08 norte', 'terminated'],
  ['TIMED_OUT', 'TIMED OUT: ventas 2026-02-08 norte', 'timedOut'],
  ['CANCELLED', 'CANCELLED: ventas 2026-02-08 norte', 'cancelled'],
])('a run that ended %s says so once', (status, headline, outcome) => {
  const view = runViewOf({ ...facts, status });
  expect(view.outcome).toBe(outcome);
  expect(headlineOf(view)).toBe(headline);
  expect(view.next).toMatchObject({ kind: 'command', command: 'npx etl retry etl/ventas/2026-02-08/norte' });
});

test('a call that is being retried shows its failure, its attempt and the time of the next one', () => {
  const retryAt = '2026-02-09T03:05:00.000Z';
  const pending = [{ activity: 'launchTask', attempt: 3, retryAt, failureType: 'Throttled', reason: 'Rate exceeded' }];
  const view = runViewOf({ ...open(facts), answer: { step: 'launch', generation: 2 }, pending });
  expect(failureLines(view).slice(0, 3)).toEqual([
    'RUNNING: Throttled: ventas 2026-02-08 norte',
    'Step      launch, launch 2, attempt 3',
    'Reason    Rate exceeded',
  ]);
  expect(view.next).toEqual({ kind: 'retry', at: retryAt });
});

test('a run that waits for its next launch shows the failure of the last one and the time of the next', () => {
  const retryAt = '2026-02-09T03:05:00.000Z';
  const launches = [{ generation: 1, lane: 'fargate', spot: false, failureType: 'OutOfMemory', reason: 'killed' }];
  const answer = { step: 'wait', generation: 1, launches, retryAt, note: 'Launch 1 failed' };
  const view = runViewOf({ ...open(facts), answer });
  expect(view).toMatchObject({ failureType: 'OutOfMemory', reason: 'killed', next: { kind: 'retry', at: retryAt } });
});

test('a held run shows its reason and the command that approves it', () => {
  const view = runViewOf({
    ...open(facts),
    answer: { step: 'held', note: 'Held: 3 % rejected. Waits until 2026-02-16' },
  });
  expect(failureLines(view)).toEqual([
    'HELD: ventas 2026-02-08 norte',
    'Step      held',
    'Reason    Held: 3 % rejected. Waits until 2026-02-16',
    'Run       etl/ventas/2026-02-08/norte (r1)',
    'Next      Look at the rejected rows or the failed rule: etl report shows them. Then:',
    '          npx etl approve etl/ventas/2026-02-08/norte',
  ]);
});

test('an open run without a worker says that it waits for one', () => {
  expect(runViewOf({ ...open(facts), isUnanswered: true }).next).toEqual({
    kind: 'wait',
    for: 'a worker to answer; check that one polls the task queue',
  });
});

test('a delivered run has rows, cost and no next step', () => {
  const result = {
    batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'norte' },
    delivered: { totals: { rowsRead: 10, rowsWritten: 8, rowsRejected: 1 }, published: 's3://lake/ventas' },
    costUsd: 0.01,
  };
  const view = runViewOf({ ...facts, status: 'COMPLETED', result });
  expect(view).toMatchObject({ outcome: 'delivered', rows: { read: 10, written: 8, rejected: 1 }, costUsd: 0.01 });
  expect(view.next).toBeUndefined();
});

test('a failed file of a batch takes four lines', () => {
  const uri = 's3://raw/ventas/norte.csv';
  const view = runViewOfFile({
    uri,
    batchDate: '2026-02-08',
    workflowId: 'etl/ventas/2026-02-08/norte',
    outcome: 'invalid',
    failureType: 'InvalidInput',
    reason: `${uri}: the file is empty`,
  });
  expect(briefFailureLines(view)).toEqual([
    `FAILED: InvalidInput: ${uri}`,
    'Reason    the file is empty',
    'Next      Correct the file, or the options of its event. Then:',
    '          npx etl retry etl/ventas/2026-02-08/norte',
  ]);
});

test('a failed batch shows its counts, and each failed file with its command', () => {
  const file = { uri: 's3://raw/a.csv', batchDate: '2026-02-08', workflowId: 'etl/a/2026-02-08/a' };
  const problems = [{ ...file, outcome: 'failed', failureType: 'OutOfMemory', reason: 'killed' }];
  const memo = { batch: { ended: 'incomplete', files: 2, delivered: 1, failed: 1, costUsd: 0.02, problems } };
  const failure = { type: 'BatchIncomplete', message: '1 of 2 files were not delivered' };
  const batch = { workflowType: 'nightlyBatch', workflowId: 'batch/raw/2026-02-08' };
  expect(failureLines(runViewOf({ ...facts, ...batch, memo, failure }))).toEqual([
    'FAILED: BatchIncomplete: batch/raw/2026-02-08',
    'Step      files',
    'Reason    1 of 2 files were not delivered',
    'Files     2 = 1 delivered + 1 failed',
    '  FAILED: OutOfMemory: s3://raw/a.csv',
    '  Reason    killed',
    '  Next      Raise compute.memory or lower chunkRows, in the declaration or in --options. Then:',
    '            npx etl retry etl/a/2026-02-08/a',
    'Cost      $0.0200, estimated',
    'Run       batch/raw/2026-02-08 (r1)',
    'Next      Correct the listed files; delivered files are skipped. Then:',
    '          npx etl retry batch/raw/2026-02-08',
  ]);
});

test.each([
  [{ files: 0 }, 'found no files, fewer than minFiles'],
  [{ files: 2, delivered: 2 }, 'found only 2 files, fewer than minFiles'],
])('a batch that found too few files, %j, does not speak of files to correct', (counts, reason) => {
  const memo = { batch: { ended: 'tooFew', failureType: 'BatchIncomplete', ...counts } };
  const view = runViewOf({ ...facts, workflowType: 'nightlyBatch', workflowId: 'batch/raw/2026-02-08', memo });
  expect(view).toMatchObject({ reason, next: { why: 'Check that the files have arrived' } });
});
