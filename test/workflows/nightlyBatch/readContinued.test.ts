import { readContinued } from '../../../workflows/nightlyBatch/continued';

const file = { uri: 'file:///raw/a.csv', batchDate: '2026-02-08', workflowId: 'etl/a/2026-02-08/a' };
const result = { ...file, outcome: 'failed', failureType: 'TaskFailed', reason: 'r', costUsd: 0.1 };
const dates = { from: '2026-02-08', to: '2026-02-08' };
const counts = { files: 1, delivered: 0, skipped: 0, invalid: 0, failed: 1, cancelled: 0 };
const sums = { rowsWritten: 0, rowsRejected: 0, costUsd: 0.1 };
const more = { warnings: ['w'], leftOut: { hidden: 1 }, notFiles: 1, results: 'file:///lake/_etl/_batches/b/r' };
const state = {
  plan: { prefix: 'file:///raw', ...dates, destination: 'file:///lake', detail: {} },
  batch: { workflowId: 'b', runId: 'r' },
  cursor: { day: '2026-02-08', after: 'file:///raw/0.csv' },
  summary: { dates, ...counts, ...sums, problems: [result], ...more },
  running: [{ ...file, runId: 'r' }],
  retries: [file],
  results: [result],
  pages: 0,
  paused: false,
  maxConcurrent: 2,
};

test('accepts a state that a previous run handed over', () => {
  expect(readContinued({ state })).toEqual({ value: { state } });
});

test.each<[string, object]>([
  ['warnings', { warnings: 'none' }],
  ['a warning', { warnings: [null] }],
  ['counts of omitted items', { leftOut: [1] }],
  ['a count of omitted items', { leftOut: { hidden: 'x' } }],
  ['a count', { notFiles: {} }],
  ['a folder of results', { results: 1 }],
  ['a reason', { problems: [{ ...result, reason: 1 }] }],
  ['an outcome', { problems: [{ ...result, outcome: 'constructor' }] }],
  ['a cost', { problems: [{ ...result, costUsd: '1' }] }],
])('rejects a summary with %s of another type', (_, changes) => {
  const changed = { ...state, summary: { ...state.summary, ...changes } };
  expect(readContinued({ state: changed })).toEqual({ problem: expect.stringMatching(/^state: /) });
});

test.each<[string, object]>([
  ['a priority', { plan: { ...state.plan, priority: 'high' } }],
  ['the reason for a held file', { running: [{ ...file, held: {} }] }],
])('rejects a state with %s of another type', (_, changes) => {
  expect(readContinued({ state: { ...state, ...changes } })).toEqual({ problem: expect.stringMatching(/^state: /) });
});
