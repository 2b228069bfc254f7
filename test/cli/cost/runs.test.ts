import { costReport } from '@etl/pipeline/costs/costReport';
import { readRun } from '@etl/pipeline/costs/readRun';
import { listPrices } from '@etl/pipeline/prices/table';
import { hasSize, recordOfCommit } from '../../../cli/cost/commits';
import { costLines } from '../../../cli/cost/lines';
import { maxRuns, readRuns } from '../../../cli/cost/runs';
import { sampleManifest } from '../advise/sampleManifest';

const startTime = new Date('2026-11-01T23:30:00Z');
const size = { cpu: 1024, memoryMiB: 2048 };
const launch = { generation: 1, lane: 'fargate', spot: false, size, seconds: 3600, costUsd: 0.04937 };
const memo = (etl: object) => ({
  etl: { outcome: 'delivered', dataset: 'ventas', launches: [launch], costUsd: 0.04937, ...etl },
});
const listed = (etl: object, workflowId = 'etl/ventas/2026-11-01/v') =>
  readRun({ workflowId, startTime, memo: memo(etl) });

describe('the record of a run', () => {
  test('has dataset, day, launches, estimate and whether it delivered', () => {
    expect(listed({ routing: { reasons: [], estimate: { tasks: 1, seconds: 1, costUsd: 0.05 } } })).toEqual({
      id: 'etl/ventas/2026-11-01/v',
      dataset: 'ventas',
      day: '2026-11-01',
      delivered: true,
      launches: [launch],
      costUsd: 0.04937,
      estimateUsd: 0.05,
    });
  });

  test('is delivered although a sink failed, and not after any other failure', () => {
    expect(listed({ outcome: 'SinkFailed' })?.delivered).toBe(true);
    expect(listed({ outcome: 'BadData' })?.delivered).toBe(false);
  });

  test('takes the dataset of earlier versions from the workflow ID', () => {
    expect(listed({ dataset: undefined }, 'etl/altas/2026-11-01/a')?.dataset).toBe('altas');
    expect(listed({ dataset: undefined }, 'my-run')?.dataset).toBe('(unknown)');
  });

  test('ignores launches of another form, and is absent without a memo', () => {
    const odd = [null, 'x', { lane: 'moon' }, { ...launch, seconds: -1 }, { ...launch, size: { cpu: 'x' } }, launch];
    expect(listed({ launches: odd })?.launches).toEqual([launch]);
    expect(listed({ launches: 'x', costUsd: 'x', routing: 7 })).toMatchObject({ launches: [] });
    for (const empty of [undefined, {}, { etl: null }, { etl: 'x' }]) {
      expect(readRun({ workflowId: 'a', startTime, memo: empty })).toBeUndefined();
    }
  });
});

describe('readRuns', () => {
  const clientWith = (runs: Iterable<object>) => {
    const queries: unknown[] = [];
    const list = (options: unknown) => {
      queries.push(options);
      return (async function* () {
        yield* runs;
      })();
    };
    return { client: { workflow: { list } } as never, queries };
  };
  const run = (name: string, etl?: object) => ({
    workflowId: 'etl/ventas/2026-11-01/v',
    startTime,
    status: { name },
    memo: etl && memo(etl),
  });
  const days = { from: '2026-11-01', to: '2026-11-02' };

  test('lists the pipelines that started on the days, and counts those without a record', async () => {
    const { client, queries } = clientWith([
      run('COMPLETED', {}),
      run('RUNNING'),
      run('TERMINATED'),
      run('FAILED', {}),
    ]);
    expect(await readRuns(client, days)).toMatchObject({ runs: [{}, {}], open: 1, withoutRecord: 1, limited: false });
    expect(queries).toEqual([
      {
        query:
          "WorkflowType = 'etlPipeline' AND StartTime >= '2026-11-01T00:00:00.000Z' AND StartTime <= '2026-11-02T23:59:59.999Z'",
      },
    ]);
  });

  test('reads a bounded number of runs', async () => {
    const { client } = clientWith(Array.from({ length: maxRuns + 10 }, () => run('TERMINATED')));
    expect(await readRuns(client, days)).toMatchObject({ withoutRecord: maxRuns, limited: true });
  });
});

test('a commit counts as one launch with the size and the time of its manifest', () => {
  const batch = { dataset: 'ventas', batchDate: '2026-11-01', source: 'v' };
  const manifest = sampleManifest(batch, { cpus: 1, memoryMiB: 1950, wallSeconds: 585 });
  expect(recordOfCommit(manifest)).toEqual({
    id: 'file:///data/v.csv',
    dataset: 'ventas',
    day: '2026-11-01',
    delivered: true,
    launches: [{ generation: 1, lane: 'fargate', spot: false, seconds: 600, size }],
  });
  expect(hasSize(manifest)).toBe(true);
  expect(hasSize(sampleManifest(batch, { cpus: 3 }))).toBe(false);
});

test('the text has a row for each group and the total, and no estimate where there is none', () => {
  const runs = [listed({}), listed({ dataset: 'altas', routing: { estimate: { costUsd: 0.05 } } })].flatMap(
    (each) => each ?? [],
  );
  const lines = costLines({
    version: 1,
    source: 'runs',
    from: '2026-11-01',
    to: '2026-11-02',
    by: 'dataset',
    prices: { region: 'us-east-1', date: '2026-11' },
    ...costReport(runs, 'dataset', listPrices),
    notes: ['one run is open'],
  });
  expect(lines).toEqual([
    'Runs started 2026-11-01 to 2026-11-02, UTC; prices of us-east-1, 2026-11',
    '',
    'Dataset  Runs  Launches  Estimate  Actual   Difference  Waste',
    'altas    1     1         $0.0500   $0.0494  -$0.0006    $0.0000',
    'ventas   1     1         -         $0.0494  -           $0.0000',
    'total    2     2         $0.0500   $0.0987  -$0.0006    $0.0000',
    '',
    'Note: one run is open',
  ]);
});
