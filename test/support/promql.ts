const promql = () => import('@prometheus-io/lezer-promql');

/** Names that a PromQL expression uses: metrics, and labels in selectors, `by` and `on`. */
export interface PromqlNames {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/**
 * Parses an expression with Prometheus's own grammar. Replaces Grafana's variables for durations first.
 * @throws if the expression is invalid
 */
export async function namesIn(expression: string): Promise<PromqlNames> {
  const { parser } = await promql();
  const text = withoutVariables(expression);
  const metrics = new Set<string>();
  const labels = new Set<string>();
  parser.parse(text).iterate({
    enter: ({ name, from, to, node }) => {
      const here = text.slice(from, to);
      if (node.type.isError) throw new Error(`invalid PromQL at ${from}: ${text}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(here);
      if (name === 'LabelName') labels.add(here);
    },
  });
  return { metrics: [...metrics], labels: [...labels] };
}

/** Replaces Grafana's variables for durations by durations. */
export function withoutVariables(expression: string): string {
  return expression.replaceAll('$__range', '12h').replaceAll('$__rate_interval', '5m');
}

/** Metrics of Temporal's SDK that the dashboard and the alerts use; test/system/metrics.test.ts finds them served. */
export const sdkMetrics = [
  'temporal_activity_schedule_to_start_latency_bucket',
  'temporal_num_pollers',
  'temporal_worker_task_slots_available',
] as const;
