interface Definition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of the buckets of a histogram. */
  readonly buckets?: readonly number[];
}

/**
 * The metrics of this package. Names follow the conventions of Prometheus: base units, `_total` for counters. No label
 * has a value of a run or a source, so the number of series stays bounded.
 *
 * @see https://prometheus.io/docs/practices/naming
 */
export const metricsTable = {
  etl_worker_info: {
    kind: 'gauge',
    labels: ['version'],
    help: 'Always 1; the version of the worker is a label',
  },
  etl_runs_total: {
    kind: 'counter',
    labels: ['dataset', 'outcome', 'failure_type'],
    help: 'Runs of the pipeline that ended: delivered, already_delivered, failed or cancelled',
  },
  etl_rows_read_total: { kind: 'counter', labels: ['dataset'], help: 'Rows read from the sources of commits' },
  etl_rows_written_total: { kind: 'counter', labels: ['dataset'], help: 'Rows published by commits' },
  etl_rows_rejected_total: { kind: 'counter', labels: ['dataset'], help: 'Rows that commits left out as rejects' },
  etl_last_delivery_timestamp_seconds: {
    kind: 'gauge',
    labels: ['dataset'],
    help: 'When this worker saw the latest delivery of the dataset',
  },
  etl_launches_total: {
    kind: 'counter',
    labels: ['lane', 'failure_type'],
    help: 'Launches that ended; failure_type is empty for a success',
  },
  etl_launch_seconds: {
    kind: 'histogram',
    labels: ['lane'],
    buckets: [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400],
    help: 'Duration of launches, from the image pull to the stop of a task',
  },
  etl_launch_cost_usd: {
    kind: 'histogram',
    labels: ['dataset', 'lane'],
    buckets: [0.0001, 0.001, 0.01, 0.1, 1, 10],
    help: 'Estimated cost of launches in US dollars; its sum is the total cost',
  },
  etl_sink_applications_total: {
    kind: 'counter',
    labels: ['dataset', 'type', 'state'],
    help: 'Applications of commits to sinks: applied, retried (failed, and repeated) or failed for good',
  },
  etl_late_batches_total: {
    kind: 'counter',
    labels: ['dataset', 'kind'],
    help: 'Batches that checks reported: neverStarted, or late (not delivered by the deadline)',
  },
  etl_lateness_last_check_timestamp_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'When this worker completed its latest check for late batches',
  },
  etl_task_queue_backlog_tasks: {
    kind: 'gauge',
    labels: ['task_queue', 'task_type'],
    help: 'Approximate number of tasks that wait for a worker',
  },
  etl_task_queue_backlog_age_seconds: {
    kind: 'gauge',
    labels: ['task_queue', 'task_type'],
    help: 'Approximate age of the oldest task that waits for a worker',
  },
  etl_event_queue_messages: {
    kind: 'gauge',
    labels: ['state'],
    help: 'Approximate number of messages in the queue of landed files: waiting, in_flight or delayed',
  },
  etl_dead_letters: { kind: 'gauge', labels: [], help: 'Approximate number of letters in the dead-letter queue' },
} as const satisfies Record<string, Definition>;

export type MetricName = keyof typeof metricsTable;

/** Values of the labels of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof metricsTable)[Name]['labels'][number], string>>;

/** Names of the metrics of a kind. */
export type NameOf<Kind extends Definition['kind']> = {
  [Name in MetricName]: (typeof metricsTable)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

const definitions: Readonly<Record<string, Definition>> = metricsTable;

/** Returns the buckets of all histograms by name, as the exporter of Temporal's runtime expects them. */
export function histogramBuckets(): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(definitions).flatMap(([name, { buckets }]) => (buckets ? [[name, [...buckets]]] : [])),
  );
}

/** Returns the table of the metrics for docs/monitoring.md. */
export function metricsDocument(): string {
  const rows = Object.entries(definitions).map(
    ([name, { kind, labels, help }]) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return ['| Metric | Type | Labels | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
