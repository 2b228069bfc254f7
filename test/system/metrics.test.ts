import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '@etl/lib/version';
import { getFreePort } from '../../local/freePort';
import { histogramBuckets, metricsTable } from '../../workers/metrics/table';
import { sdkMetrics } from '../support/promql';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const python = process.env.ETL_TEST_PROMETHEUS_CLIENT;
const withAll = process.env.ETL_TEST_TEMPORAL && python ? describe : describe.skip;

interface Scraped {
  readonly types: Readonly<Record<string, string>>;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

withAll('the metrics of a worker', () => {
  let address: string;
  let system: LocalSystemUnderTest;

  beforeAll(async () => {
    address = `127.0.0.1:${await getFreePort()}`;
    system = await LocalSystemUnderTest.create({
      ETL_METRICS_ADDRESS: address,
      ETL_LIGHT_LANE: 'auto',
      ETL_TIME_SCALE: '0.02',
    });
    await system.up();
    await mkdir(join(system.folder, 'sales'));
    const land = (name: string, text: string) => writeFile(join(system.folder, 'sales', name), text);
    await land('good.csv', 'id,amount\n1,2.5\n2,3.5\n3,x\n');
    await land('empty.csv', '');
  }, 90_000);
  afterAll(() => system.remove());

  const run = (name: string) =>
    etl(
      ['run', join(system.folder, 'sales', name), '--date', '2026-02-08', '--dataset', 'sales', '--json'],
      system.env,
    );

  const served = async (): Promise<string> => (await fetch(`http://${address}/metrics`)).text();
  /** Waits for a line before the metrics are parsed, which takes a process. */
  const untilServed = (what: string, seconds: number, line: RegExp) =>
    until(what, seconds, async () => line.test(await served()));

  async function scrape(): Promise<Scraped> {
    const input = await served();
    const script = join(__dirname, '..', 'support', 'parse_metrics.py');
    return JSON.parse(execFileSync(python ?? '', [script], { input, encoding: 'utf8' })) as Scraped;
  }
  const sampleOf = ({ samples }: Scraped, name: string, labels: Readonly<Record<string, string>> = {}) =>
    samples.find(
      (each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
    )?.value;

  test('count what its runs did, once', async () => {
    const ends = [await run('good.csv'), await run('good.csv'), await run('empty.csv')];
    expect(ends.map(({ exitCode }) => exitCode === 0)).toEqual([true, true, false]);
    const runs = { dataset: 'sales' };
    await untilServed('all runs are counted', 20, /^etl_runs_total\{.*outcome="failed".*\} 1$/m);
    const scraped = await scrape();
    expect(sampleOf(scraped, 'etl_runs_total', { ...runs, outcome: 'delivered', failure_type: '' })).toBe(1);
    expect(sampleOf(scraped, 'etl_runs_total', { ...runs, outcome: 'already_delivered' })).toBe(1);
    expect(sampleOf(scraped, 'etl_runs_total', { ...runs, outcome: 'failed', failure_type: 'InvalidInput' })).toBe(1);
    expect(sampleOf(scraped, 'etl_rows_read_total', runs)).toBe(3);
    expect(sampleOf(scraped, 'etl_rows_written_total', runs)).toBe(3);
    expect(sampleOf(scraped, 'etl_rows_rejected_total', runs)).toBe(0);
    expect(sampleOf(scraped, 'etl_launches_total', { lane: 'light', failure_type: '' })).toBe(1);
    expect(sampleOf(scraped, 'etl_launch_seconds_count', { lane: 'light' })).toBe(1);
    expect(sampleOf(scraped, 'etl_worker_info', { version })).toBe(1);
    const delivered = sampleOf(scraped, 'etl_last_delivery_timestamp_seconds', runs) ?? 0;
    expect(Math.abs(Date.now() / 1000 - delivered)).toBeLessThan(600);
  });

  test('have the types and labels of the table, and no others', async () => {
    const { types, samples } = await scrape();
    const ours = samples.filter(({ name }) => name.startsWith('etl_'));
    const table: Readonly<Record<string, { readonly kind: string; readonly labels: readonly string[] }>> = metricsTable;
    for (const [name, type] of Object.entries(types).filter(([name]) => name.startsWith('etl_'))) {
      // The parser names a counter without its suffix.
      expect([name, table[type === 'counter' ? `${name}_total` : name]?.kind]).toEqual([name, type]);
    }
    for (const { name, labels } of ours) {
      const { le: _, ...own } = labels;
      const expected = table[name] ?? table[name.replace(/_(bucket|sum|count)$/, '')];
      expect([name, Object.keys(own).sort()]).toEqual([name, [...(expected?.labels ?? [])].sort()]);
    }
    const bounds = ours.filter(({ name }) => name === 'etl_launch_seconds_bucket').map(({ labels }) => labels.le ?? '');
    expect(bounds.filter((bound) => bound !== '+Inf').map(Number)).toEqual(histogramBuckets().etl_launch_seconds);
  });

  test('have the backlog of each task queue and the dead letters', async () => {
    await untilServed('the queues have been read', 60, /^etl_task_queue_backlog_tasks\{/m);
    const scraped = await scrape();
    for (const task_queue of ['etl', 'etl-fargate', 'etl-light', 'etl-launch']) {
      expect(sampleOf(scraped, 'etl_task_queue_backlog_tasks', { task_queue, task_type: 'activity' })).toBe(0);
      expect(sampleOf(scraped, 'etl_task_queue_backlog_age_seconds', { task_queue })).toBe(0);
    }
    await untilServed('the dead letter is counted', 60, /^etl_dead_letters(\{.*\})? 1$/m);
  });

  test('include those of the SDK that dashboard and alerts use', async () => {
    const names = new Set((await scrape()).samples.map(({ name }) => name));
    expect(sdkMetrics.filter((name) => !names.has(name))).toEqual([]);
  });
});
