import type { Fact } from '@etl/pipeline/facts';
import type { MetricMeter } from '@temporalio/common';
import type { LatenessMeter } from '../../activities/ports';
import { datasetLabels, firstTimes } from './labels';
import { createMeters } from './meters';
import type { LabelsOf, NameOf } from './table';

/** Metrics of one worker process. */
export interface Metrics extends LatenessMeter {
  /** Counts a fact of a run. A fact that this worker has already counted, by run and ID, is ignored. */
  record(runId: string, id: string, fact: Fact): void;
  /** Sets a gauge that was read elsewhere. `undefined`: it could not be read, and its last value no longer holds. */
  observe<Name extends NameOf<'gauge'>>(name: Name, value: number | undefined, labels: LabelsOf<Name>): void;
}

/** Facts whose repetition a worker recognises. Only the latest matter: a workflow task is retried within seconds. */
const rememberedFacts = 10_000;

/** Creates the metrics of a worker on the meter of Temporal's runtime, whose exporter serves them. */
export function createMetrics(meter: MetricMeter, version: string): Metrics {
  const meters = createMeters(meter);
  const labelOf = datasetLabels();
  const isNew = firstTimes(rememberedFacts);
  const observed = new Set<string>();
  meters.set('etl_worker_info', 1, { version });

  const count = (fact: Fact): void => {
    if (fact.kind === 'launch') {
      const { lane, failureType = '', seconds, costUsd } = fact;
      meters.add('etl_launches_total', 1, { lane, failure_type: failureType });
      if (seconds !== undefined) meters.record('etl_launch_seconds', seconds, { lane });
      if (costUsd !== undefined)
        meters.record('etl_launch_cost_usd', costUsd, { dataset: labelOf(fact.dataset), lane });
      return;
    }
    const dataset = labelOf(fact.dataset);
    if (fact.kind === 'run') {
      const { outcome, failureType = '' } = fact;
      meters.add('etl_runs_total', 1, { dataset, outcome, failure_type: failureType });
    } else if (fact.kind === 'sink') {
      const { type, state } = fact;
      meters.add('etl_sink_applications_total', 1, { dataset, type, state });
    } else {
      meters.set('etl_last_delivery_timestamp_seconds', fact.at / 1000, { dataset });
      if (!fact.rows) return;
      meters.add('etl_rows_read_total', fact.rows.read, { dataset });
      meters.add('etl_rows_written_total', fact.rows.written, { dataset });
      meters.add('etl_rows_rejected_total', fact.rows.rejected, { dataset });
    }
  };

  return {
    record(runId, id, fact) {
      if (isNew(`${runId} ${id}`)) count(fact);
    },
    observe(name, value, labels) {
      const series = `${name} ${JSON.stringify(labels)}`;
      if (value !== undefined) observed.add(series);
      // An exported gauge cannot be removed; comparisons with NaN are false.
      if (observed.has(series)) meters.set(name, value ?? Number.NaN, labels);
    },
    batchLate: (dataset, kind) => meters.add('etl_late_batches_total', 1, { dataset: labelOf(dataset), kind }),
    checked: () => meters.set('etl_lateness_last_check_timestamp_seconds', Date.now() / 1000, {}),
  };
}
