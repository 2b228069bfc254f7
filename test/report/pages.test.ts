import { html } from '@etl/lib/text/html';
import { nightPage } from '../../report/night/page';
import { runPage } from '../../report/run/page';
import { raw } from '../lib/text/support';
import {
  deliveredReport,
  failedReport,
  giantReport,
  hostile,
  nightReport,
  sampleManifest,
  sampleView,
  withHostileTexts,
} from './fixtures';

const textOf = (page: unknown): string =>
  String(page)
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page about a run', () => {
  test('shows outcome, rows, cost, waste, drift, quality, sinks and samples', () => {
    const text = textOf(runPage(deliveredReport()));
    for (const shown of [
      ...['Delivered', 'ventas 2026-02-08 ventas_norte', '7 min', '4,200,000', '4,198,180', '1,800'],
      ...['+4.69 % from the previous batch', 'too few fields', '759,2026-01-17,Sevilla'],
      ...['actual $0.0038, estimate $0.0035, difference +$0.0003, waste $0.0006', 'SpotInterruption'],
      ...['1 removed, 1 type changed, 1 new', 'was integer', 'removed', 'stores are known', 'failed, warns'],
      ...['table ventas, partition 2026-02-08', 'Rows per second', 'Memory in MiB'],
    ])
      expect(text).toContain(shown);
  });

  test('shows the failure type first, the log, and the command that comes next', () => {
    const page = String(runPage(failedReport()));
    expect(page).toMatch(/<title>FAILED: OutOfMemory: ventas 2026-02-08 ventas_norte<\/title>/);
    const text = textOf(page);
    expect(text).toMatch(/Failed .* OutOfMemory : ventas 2026-02-08 ventas_norte/);
    for (const shown of ['Killed', 'transform, launch 2', 'Exit code 137', 'in the dead-letter queue'])
      expect(text).toContain(shown);
    expect(text).toContain('Raise compute.memory in --options, or lower chunkRows. Then:');
    expect(text).toContain('which published nothing');
  });

  test.each([
    ['running', 'Running for'],
    ['held', 'Held'],
    ['cancelled', 'Cancelled'],
    ['terminated', 'Terminated'],
    ['timedOut', 'Timed out'],
  ] as const)('shows a run that is %s', (outcome, shown) => {
    const { endedAt: _, ...open } = sampleView({ outcome, step: 'transform' });
    const view = outcome === 'running' || outcome === 'held' ? open : sampleView({ outcome });
    const text = textOf(runPage({ ...failedReport(), view }));
    expect(text).toContain(shown);
  });

  test('shows a run of which only the commit is left', () => {
    const { timeline: _timeline, previous: _previous, ...rest } = deliveredReport({ costs: { launches: [] } });
    const text = textOf(runPage({ ...rest, notes: ['Temporal has no such run'] }));
    expect(text).toContain('The history of this run is not available.');
    expect(text).toContain('no earlier commit of the dataset is known');
    expect(text).toContain('Temporal has no such run');
  });

  test('says that only totals are recorded when a manifest has no series', () => {
    const { series: _, ...resources } = sampleManifest().resources;
    const commit = { number: 1, isOwn: true, manifest: sampleManifest({ resources }) };
    expect(textOf(runPage(deliveredReport({ commit })))).toContain('Only totals are recorded');
  });

  test('stays below 400 kB for hundreds of launches and a thousand columns', () => {
    const page = String(runPage(giantReport()));
    expect(page.length).toBeLessThan(400_000);
    const text = textOf(page);
    for (const shown of ['500 more not shown', '904 more not shown', '450 lines more not shown'])
      expect([shown, text.includes(shown)]).toEqual([shown, true]);
    expect(page).toContain('600 spans, at most');
  });
});

describe('the page about a night', () => {
  test('shows every state of the calendar, the runs, what to do, and the trends', () => {
    const page = String(nightPage(nightReport()));
    const text = textOf(page);
    expect(text).toContain('5 of 7 datasets need attention');
    for (const state of ['delivered', 'failed', 'held', 'running', 'late', 'missing', 'not due', 'unknown'])
      expect(page).toMatch(new RegExp(`aria-label="${state}[":]`));
    expect(text).toContain('npx etl approve etl/pagos/2026-02-08/pagos');
    expect(text).toContain('npx etl batch --dataset precios --date 2026-02-08');
    expect(text).toMatch(/Rows .* 14 days: [\d.]+M, 30 days: [\d.]+M/);
  });

  test.each([
    ['all delivered', ['delivered', 'delivered'], 'All 2 datasets delivered'],
    ['one running', ['delivered', 'running'], '1 of 2 datasets still running'],
    ['none due', ['notDue', 'notDue'], 'Nothing was due'],
    ['one dataset', ['missing'], 'dataset0: missing'],
  ] as const)('sums up a night with %s', (_what, states, expected) => {
    const cells = states.map((state, index) => ({
      ...{ dataset: `dataset${index}`, day: '2026-02-08' },
      cell: { state, isLate: false, problems: [], running: 0, files: 0, rows: 0, costUsd: 0 },
    }));
    expect(textOf(nightPage(nightReport({ cells })))).toContain(expected);
  });

  test('stays below 1.5 MB for 500 datasets and 20,000 runs', () => {
    const [first] = nightReport().runs;
    const cells = Array.from({ length: 500 }, (_, index) => index).flatMap((index) =>
      nightReport()
        .cells.slice(0, 30)
        .map((each) => ({ ...each, dataset: `dataset_${index}` })),
    );
    const page = String(
      nightPage(nightReport({ cells, runs: Array.from({ length: 20_000 }, () => first ?? ({} as never)) })),
    );
    expect(page.length).toBeLessThan(1_500_000);
    expect(page).toContain('300 datasets more not shown');
    expect(page).toContain('19,900 more not shown');
  });

  test('shows a night without datasets and runs', () => {
    const text = textOf(nightPage(nightReport({ cells: [], runs: [], days: [] })));
    expect(text).toContain('No dataset is declared');
    expect(text).toContain('lists no run of 2026-02-08');
  });
});

test.each([
  ['a delivered run', () => runPage(withHostileTexts(deliveredReport()))],
  ['a failed run', () => runPage(withHostileTexts(failedReport()))],
  ['a night', () => nightPage(withHostileTexts(nightReport()))],
])('%s with hostile texts has only the elements of this program, and no unsafe character', (_what, render) => {
  const page = String(render());
  expect(page.length).toBeGreaterThan(hostile.length * 20);
  expect(page).not.toMatch(/<(?:script|img|iframe|object|embed|form|base|foreignObject)/i);
  expect(page.match(/<style>/g)).toHaveLength(1);
  // Every attribute is one of this program's: no handler, no style, no address but of links.
  const tags = page.match(/<[a-z][^>]*>/gi) ?? [];
  for (const tag of tags) {
    const names = [...tag.replace(/"[^"]*"/g, '""').matchAll(/\s([^\s=/>]+)(?==|\s|\/?>)/g)].map(([, name]) => name);
    expect(names.filter((name) => /^on|^style$|^src$|javascript/i.test(name ?? ''))).toEqual([]);
  }
  expect([...page.matchAll(/href="([^"]*)"/g)].filter(([, url]) => !/^https?:/.test(url ?? ''))).toEqual([]);
  for (const line of page.split('\n')) expect(line).not.toMatch(raw);
});

test('a link to anything but an HTTP address is text', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'http://[', ' https://x']) {
    const page = String(runPage(deliveredReport({ links: [{ name: 'Link', text: 'target', url }] })));
    expect(page).not.toContain(`href="${String(html`${url}`)}"`);
  }
});
