import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { histogramBuckets, metricsDocument, metricsTable } from '../../workers/metrics/table';
import { alertTestsFile, dashboard, dashboardText, expressions, type Panel, rules } from '../support/monitoring';
import { namesIn, sdkMetrics } from '../support/promql';

const root = join(__dirname, '..', '..');
const document = readFileSync(join(root, 'docs', 'monitoring.md'), 'utf8');
const alerts = rules.filter(({ alert }) => alert !== undefined);

/** Names of our metrics as they are served: a histogram is three of them. */
const served = Object.entries(metricsTable).flatMap(([name, { kind }]) =>
  kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
);
const known = new Set<string>([...served, ...rules.flatMap(({ record }) => record ?? []), ...sdkMetrics, 'ALERTS']);
const knownLabels = new Set<string>([
  ...Object.values(metricsTable).flatMap(({ labels }) => labels),
  // Labels of histograms, of scraping, of Prometheus's alerts and of the SDK.
  ...['le', 'job', 'instance', 'alertname', 'alertstate', 'worker_type'],
]);

describe('the metrics', () => {
  test('have names by the conventions of Prometheus', () => {
    for (const [name, { kind }] of Object.entries(metricsTable)) {
      expect(name).toMatch(/^etl_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      if (kind === 'histogram') expect(name).toMatch(/_(seconds|usd)$/);
    }
    expect(Object.keys(histogramBuckets())).toEqual(['etl_launch_seconds', 'etl_launch_cost_usd']);
  });

  test('have no label with a value of a run or a source', () => {
    for (const { labels } of Object.values(metricsTable))
      for (const label of labels) expect(label).not.toMatch(/run|source|workflow_id|batch_date|uri/);
  });

  test('are those of the table in docs/monitoring.md', () => {
    expect(document).toContain(`<!-- metrics -->\n${metricsDocument()}\n<!-- /metrics -->`);
  });

  test('are all on the dashboard or in an alert', async () => {
    const names = await Promise.all(expressions.map(([, expression]) => namesIn(expression)));
    const used = names.flatMap(({ metrics }) => metrics);
    const base = new Set(used.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    expect(Object.keys(metricsTable).filter((name) => !base.has(name))).toEqual([]);
  });
});

describe.each(expressions)('the expression of %s', (_, expression) => {
  test('names only metrics and labels that exist', async () => {
    const { metrics, labels } = await namesIn(expression);
    expect(metrics.filter((name) => !known.has(name))).toEqual([]);
    expect(labels.filter((name) => !knownLabels.has(name))).toEqual([]);
  });
});

test('finds the names in an expression, and rejects one that is invalid', async () => {
  const names = await namesIn('sum by (dataset) (rate(etl_runs_total{outcome="x"}[$__rate_interval])) > on (job) up');
  expect(names).toEqual({ metrics: ['etl_runs_total', 'up'], labels: ['dataset', 'outcome', 'job'] });
  await expect(namesIn('sum(etl_runs_total')).rejects.toThrow('invalid PromQL');
});

describe('the alerts', () => {
  test.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))('%s has a summary and a runbook', (name, rule) => {
    expect(rule.labels?.severity).toMatch(/^(warning|critical)$/);
    expect(rule.annotations?.summary).toMatch(/\S/);
    expect(rule.annotations?.runbook).toBe(`docs/monitoring.md#${name.toLowerCase()}`);
    expect(document).toMatch(new RegExp(`^### ${name}$`, 'm'));
  });

  interface AlertTest {
    readonly alertname: string;
    readonly exp_alerts?: readonly object[];
  }
  const { tests } = parse(readFileSync(alertTestsFile, 'utf8')) as { tests: { alert_rule_test: AlertTest[] }[] };
  const checks = tests.flatMap(({ alert_rule_test }) => alert_rule_test);

  test.each(alerts.map(({ alert }) => alert ?? ''))('%s has a unit test that fires and one that does not', (name) => {
    const fires = checks
      .filter(({ alertname }) => alertname === name)
      .map(({ exp_alerts = [] }) => exp_alerts.length > 0);
    expect(new Set(fires)).toEqual(new Set([true, false]));
  });
});

describe('the dashboard', () => {
  const { panels } = dashboard;
  const shown = panels.filter(({ type }) => type !== 'row');

  test('has unique IDs, and panels that do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test('asks four questions, each with panels', () => {
    const questions = panels.filter(({ type }) => type === 'row');
    expect(questions.map(({ title }) => title)).toEqual([
      'Is tonight fine?',
      'What fails, and why?',
      'What does it cost?',
      'Where is the backlog?',
    ]);
    for (const question of questions) expect(panels[panels.indexOf(question) + 1]?.type).not.toBe('row');
  });

  test('uses the data source that a variable selects, and no absolute URL', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'dataset']);
    const uidsOf = ({ datasource, targets = [] }: Panel) => [datasource, ...targets.map((each) => each.datasource)];
    for (const source of shown.flatMap(uidsOf)) expect(source?.uid).toBe(`\${datasource}`);
    expect(dashboardText).not.toMatch(/https?:/);
  });

  test('describes each panel', () => {
    for (const { description } of shown) expect(description).toMatch(/\.$/);
  });
});
