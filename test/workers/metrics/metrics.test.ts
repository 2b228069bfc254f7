import type { Fact } from '@etl/pipeline/facts';
import { maxDatasets } from '../../../workers/metrics/labels';
import { createMetrics } from '../../../workers/metrics/metrics';
import { recordingMeter } from '../../support/recordingMeter';

const info = { 'etl_worker_info{version=1.2.3}': 1 };
const started = () => {
  const { meter, samples } = recordingMeter();
  return { metrics: createMetrics(meter, '1.2.3'), samples };
};
const ended = (dataset: string): Fact => ({ kind: 'run', dataset, outcome: 'delivered' });

test('a fact is counted once, however often its workflow task is retried', () => {
  const { metrics, samples } = started();
  for (const runId of ['r-1', 'r-1', 'r-2', 'r-1']) metrics.record(runId, 'end', ended('sales'));
  expect(samples).toEqual({ ...info, 'etl_runs_total{dataset=sales,outcome=delivered,failure_type=}': 2 });
});

test('a delivery counts its rows and sets the time of the latest delivery', () => {
  const { metrics, samples } = started();
  metrics.record('r-1', 'delivery', {
    ...{ kind: 'delivery', dataset: 'sales', at: 1_767_225_600_500 },
    rows: { read: 10, written: 7, rejected: 2 },
  });
  expect(samples).toEqual({
    ...info,
    'etl_last_delivery_timestamp_seconds{dataset=sales}': 1_767_225_600.5,
    'etl_rows_read_total{dataset=sales}': 10,
    'etl_rows_written_total{dataset=sales}': 7,
    'etl_rows_rejected_total{dataset=sales}': 2,
  });
});

test('a launch counts by lane and failure type, with its duration and cost where they are known', () => {
  const { metrics, samples } = started();
  const launch = { kind: 'launch', dataset: 'sales', lane: 'fargate' } as const;
  metrics.record('r-1', 'launch 1', { ...launch, failureType: 'SpotInterruption', seconds: 61, costUsd: 0.0016 });
  metrics.record('r-1', 'launch 2', { ...launch, seconds: 30 });
  metrics.record('r-1', 'launch 3', { ...launch, lane: 'light' });
  expect(samples).toEqual({
    ...info,
    'etl_launches_total{lane=fargate,failure_type=SpotInterruption}': 1,
    'etl_launches_total{lane=fargate,failure_type=}': 1,
    'etl_launches_total{lane=light,failure_type=}': 1,
    'etl_launch_seconds{lane=fargate}': [61, 30],
    'etl_launch_cost_usd{dataset=sales,lane=fargate}': [0.0016],
  });
});

test('an application counts by dataset, type and state', () => {
  const { metrics, samples } = started();
  metrics.record('r-1', 'sink a', { kind: 'sink', dataset: 'sales', type: 'glue', state: 'failed' });
  expect(samples).toEqual({ ...info, 'etl_sink_applications_total{dataset=sales,type=glue,state=failed}': 1 });
});

test('datasets beyond the maximum share one series, and a failure before the dataset is known has an empty one', () => {
  const { metrics, samples } = started();
  metrics.record('r', 'end', { kind: 'run', outcome: 'failed', failureType: 'InvalidInput' });
  for (let index = 0; index < maxDatasets + 10; index++) metrics.record(`r-${index}`, 'end', ended(`d-${index}`));
  metrics.record('r-again', 'end', ended('d-0'));
  const series = Object.keys(samples).filter((name) => name.startsWith('etl_runs_total'));
  expect(series).toHaveLength(maxDatasets + 1);
  expect(samples).toMatchObject({
    'etl_runs_total{dataset=,outcome=failed,failure_type=InvalidInput}': 1,
    'etl_runs_total{dataset=d-0,outcome=delivered,failure_type=}': 2,
    'etl_runs_total{dataset=other,outcome=delivered,failure_type=}': 11,
  });
});

test('late batches count by kind, and a check sets its time', () => {
  const { metrics, samples } = started();
  const before = Date.now() / 1000;
  for (const kind of ['late', 'neverStarted', 'late'] as const) metrics.batchLate('sales', kind);
  metrics.checked();
  const { etl_lateness_last_check_timestamp_seconds: at, ...counts } = samples;
  expect(counts).toEqual({
    ...info,
    'etl_late_batches_total{dataset=sales,kind=late}': 2,
    'etl_late_batches_total{dataset=sales,kind=neverStarted}': 1,
  });
  expect(at).toBeGreaterThanOrEqual(before);
});

test('a gauge that cannot be read is absent at first, and loses its value later', () => {
  const { metrics, samples } = started();
  metrics.observe('etl_dead_letters', undefined, {});
  expect(samples).toEqual(info);
  metrics.observe('etl_dead_letters', 4, {});
  expect(samples).toEqual({ ...info, etl_dead_letters: 4 });
  metrics.observe('etl_dead_letters', undefined, {});
  expect(samples).toEqual({ ...info, etl_dead_letters: Number.NaN });
});
