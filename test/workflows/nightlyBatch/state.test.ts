import { maxInFlight } from '@etl/pipeline/batch/control';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { shortReason } from '@etl/pipeline/batch/fileResult';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { addResult } from '../../../workflows/nightlyBatch/results';
import { type BatchState, beginning, hasPlace } from '../../../workflows/nightlyBatch/state';

const plan: BatchPlan = {
  prefix: 's3://raw/ventas/{date}',
  from: '2026-02-08',
  to: '2026-02-08',
  mode: 'missing',
  maxConcurrent: 20,
  onFailure: 'fail',
  detail: { dataset: 'ventas' },
  destination: 's3://clean',
  priority: 3,
};

const file = (index: number) => ({
  uri: `s3://raw/${'k'.repeat(84)}-${String(index).padStart(6, '0')}.csv`,
  batchDate: '2026-02-08',
  workflowId: `etl/ventas/2026-02-08/${'k'.repeat(84)}-${String(index).padStart(6, '0')}`,
});

/** The largest state: files that fail with long reasons, unwritten results and a full window. */
function handedOver(running: number): BatchState {
  const state = beginning(plan, { workflowId: 'night', runId: 'r1' });
  const failed = (index: number): FileResult => ({
    ...file(index),
    outcome: 'failed',
    failureType: 'BadConfiguration',
    reason: shortReason('x'.repeat(5000)),
  });
  for (let index = 0; index < 10_000; index++) {
    addResult(state, failed(index));
    // Written results leave the state (writePage).
    if (state.results.length === 200 && index < 9_999) state.results = [];
  }
  state.running = Array.from({ length: running }, (_, index) => ({ ...file(index), runId: '0'.repeat(36) }));
  return state;
}

test("the state handed to the next run stays below Temporal's limit for any number of files", () => {
  const bytes = (running: number) => JSON.stringify(handedOver(running)).length;
  expect(bytes(20)).toBeLessThan(220_000);
  expect(bytes(500)).toBeLessThan(500_000);
  // Temporal rejects payloads of 2 MiB.
  expect(bytes(maxInFlight)).toBeLessThan(700_000);
});

test('held files do not count toward the window until too many files are in flight', () => {
  const full = handedOver(20);
  expect(hasPlace(full)).toBe(false);
  for (const held of full.running.slice(0, 1)) held.held = 'few rows';
  expect(hasPlace(full)).toBe(true);
  expect(hasPlace({ ...full, paused: true })).toBe(false);
  const held = (count: number) => ({
    ...full,
    running: handedOver(count).running.map((each) => ({ ...each, held: 'x' })),
  });
  expect(hasPlace(held(maxInFlight - 1))).toBe(true);
  expect(hasPlace(held(maxInFlight))).toBe(false);
});
