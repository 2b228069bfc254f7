import type { RunView } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import { describeRuns } from '../../../cli/runs/describeRuns';

const run = (source: string, status: string, etl: object, startedAt = '2026-02-09T03:00:00.000Z'): RunView =>
  runViewOf({
    workflowType: 'etlPipeline',
    workflowId: `etl/ventas/2026-02-08/${source}`,
    runId: `r-${source}`,
    status,
    startedAt,
    endedAt: '2026-02-09T03:02:05.000Z',
    memo: { etl },
  });
const failed = run('norte', 'FAILED', {
  outcome: 'OutOfMemory',
  reason: 'killed\nat 512 MiB',
  launches: [],
  costUsd: 0.02,
});
const rows = { read: 1234, written: 1230, rejected: 4 };
const delivered = run('sur', 'COMPLETED', { outcome: 'delivered', launches: [], costUsd: 0.01, rows });
const open = runViewOf({
  ...{ workflowType: 'etlPipeline', workflowId: 'etl/ventas/2026-02-08/este', runId: 'r-este' },
  ...{ status: 'RUNNING', startedAt: '2026-02-09T03:00:00.000Z', answer: { step: 'transform', generation: 1 } },
});
const shown = { since: new Date('2026-02-08T21:00:00Z'), limit: 100, now: Date.parse('2026-02-09T03:03:00Z') };

test('failed runs come first, with the reason and the command; the summary has counts and cost', () => {
  const list = { runs: [open, failed, delivered], earlier: [], isLimited: false };
  expect(describeRuns(list, shown)).toEqual([
    '3 runs open or ended since 2026-02-08T21:00:00Z: 1 failed, 1 running, 1 delivered; $0.0300',
    'FAILED     OutOfMemory  etl/ventas/2026-02-08/norte                                  2026-02-09 03:00  2 min 5 s  $0.0200',
    '  Reason    killed; at 512 MiB',
    '  Next      Declare more compute.memory or fewer chunkRows, in the declaration or in --options. Then:',
    expect.stringMatching(/^ {12}\S.* retry etl\/ventas\/2026-02-08\/norte$/),
    'RUNNING                 etl/ventas/2026-02-08/este   transform launch 1              2026-02-09 03:00  3 min',
    'DELIVERED               etl/ventas/2026-02-08/sur                        1,230 rows  2026-02-09 03:00  2 min 5 s  $0.0100',
  ]);
});

test.each([80, 120])('rows fit a terminal of %d columns', (columns) => {
  const lines = describeRuns({ runs: [failed, open], earlier: [], isLimited: false }, { ...shown, columns });
  const rows = lines.filter((line) => line.includes('etl/ventas') && !line.startsWith(' '));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
  expect(rows[0]).toContain('OutOfMemory');
});

test('the cost includes failed runs that newer runs followed, which are only counted', () => {
  const lines = describeRuns({ runs: [delivered], earlier: [failed], isLimited: true }, shown);
  expect(lines[0]).toContain('1 run open or ended since 2026-02-08T21:00:00Z: 1 delivered; $0.0300');
  expect(lines.slice(-2)).toEqual([
    'Not shown: 1 failed run that newer runs of the same batch followed',
    'There may be more runs: --limit is 100.',
  ]);
});
