import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import { exitCodeOf } from '../../../cli/actions/retry';
import type { LetterGroup } from '../../../cli/dlq/groups';
import { describePlans } from '../../../cli/runs/describeRetries';
import { retryOf, withoutCoveredBatches } from '../../../cli/runs/planRetries';

const id = 'etl/ventas/2026-02-08/norte';
const facts: RunFacts = {
  ...{ workflowType: 'etlPipeline', workflowId: id, runId: 'r', status: 'FAILED' },
  ...{ startedAt: '2026-02-09T03:00:00.000Z', endedAt: '2026-02-09T03:01:00.000Z' },
  input: { detail: { s3Key: 's3://raw/ventas/norte.csv', batchDate: '2026-02-08' } },
};
const run = (changes: Partial<RunFacts>) => {
  const all = { ...facts, ...changes };
  return { facts: all, view: runViewOf(all) };
};
const failedWith = (type: string, message = 'why') => run({ failure: { type, message } });
const letter = { id: 'l1', workflowId: id, event: facts.input } as LetterGroup['letter'];
const group: LetterGroup = { key: 'k', letter, copies: [letter], isDelivered: false };
const plan = { starts: [] };
const planned = (of: ReturnType<typeof run>, groups: readonly LetterGroup[] = [group]) =>
  retryOf(of, groups, () => plan);

test('a failed run with a dead letter is redriven', () => {
  expect(planned(failedWith('TaskFailed'))).toEqual({ kind: 'redrive', group, plan });
});

test('a run without a dead letter starts its event again', () => {
  expect(planned(run({ status: 'TERMINATED' }), [])).toEqual({ kind: 'event', input: facts.input });
});

test.each([
  ['SinkFailed', 'the data is committed, but 1 of 1 sinks lack it: catalog: refused'],
  ['Cancelled', 'the run was cancelled; the data is committed (commit 1), but these sinks may lack it: catalog'],
])('%s after the commit only finishes the sinks, and keeps the letter until then', (type, reason) => {
  const { kind, ...rest } = planned(failedWith(type, reason));
  expect({ kind, ...rest }).toEqual({ kind: 'sinks', dataset: 'ventas', batchDate: '2026-02-08', group });
});

test('runs that are open or have delivered are left as they are', () => {
  const { endedAt: _, ...open } = facts;
  expect(retryOf({ facts: open, view: runViewOf({ ...open, status: 'RUNNING' }) }, [group], () => plan)).toEqual({
    ...{ kind: 'none', why: 'running' },
  });
  expect(planned(run({ status: 'COMPLETED' }))).toEqual({ kind: 'none', why: 'delivered' });
});

test('a run whose event cannot be read is not retried', () => {
  const { input: _, ...unread } = facts;
  expect(retryOf({ facts: unread, view: runViewOf(unread) }, [], () => plan)).toMatchObject({ kind: 'impossible' });
});

test('a batch that a schedule started is retried for the days that it had', () => {
  const batch = { workflowType: 'nightlyBatch', workflowId: 'nightly-2026-02-09', input: { prefix: 's3://raw/' } };
  const memo = { batch: { ended: 'incomplete', dates: { from: '2026-02-08', to: '2026-02-08' } } };
  expect(planned(run({ ...batch, memo }))).toEqual({
    kind: 'batch',
    request: { prefix: 's3://raw/', batchDate: '2026-02-08' },
  });
  expect(planned(run(batch))).toMatchObject({ kind: 'impossible', problem: expect.stringContaining('--date') });
});

test('a batch is left out if all its failed files are retried themselves', () => {
  const file = failedWith('BadData').view;
  const problems = [{ uri: 's3://raw/a.csv', batchDate: '2026-02-08', workflowId: id, outcome: 'failed' }];
  const memo = { batch: { ended: 'incomplete', files: 1, failed: 1, problems } };
  const batch = run({ workflowType: 'nightlyBatch', workflowId: 'batch/raw/2026-02-08', memo }).view;
  expect(withoutCoveredBatches([batch, file])).toEqual([file]);
  expect(withoutCoveredBatches([batch])).toEqual([batch]);
});

test('the list says what each retry does', () => {
  const view = failedWith('TaskFailed').view;
  expect(describePlans([{ view, retry: { kind: 'redrive', group, plan } }])).toEqual([
    '1 run:',
    `  ${id}  TaskFailed  redrives its dead letter`,
  ]);
  expect(describePlans([])).toEqual(['No failed runs.']);
});

test.each([
  ['started', 0],
  ['delivered', 0],
  ['sinksFinished', 0],
  ['sinksFailed', 1],
  ['running', 75],
  ['failedAgain', 75],
  ['impossible', 65],
] as const)('a retry that ends %s exits with %d', (outcome, code) => {
  expect(exitCodeOf([{ workflowId: id, outcome }])).toBe(code);
});
