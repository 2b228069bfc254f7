import { batchesOfRuns } from '@etl/pipeline/runs/batchesOfRuns';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';

const run = (workflowId: string, day: number, batch?: object): RunFacts => ({
  ...{ workflowType: 'etlPipeline', workflowId, runId: `${workflowId}-${day}`, status: batch ? 'COMPLETED' : 'FAILED' },
  startedAt: `2026-02-0${day}T01:00:00.000Z`,
  ...(batch && { result: { batch } }),
});
const of = (dataset: string, batchDate: string) => ({ dataset, batchDate, source: 'norte' });

test('all runs of a file have the batch of the newest one: the first may have failed before its dataset was known', () => {
  const id = 'etl/in/2026-02-08/norte';
  const sales = of('sales', '2026-02-08');
  expect(batchesOfRuns([run(id, 1), run(id, 2, sales)])).toEqual([sales, sales]);
  expect(batchesOfRuns([run(id, 2, sales), run(id, 1)])).toEqual([sales, sales]);
  expect(batchesOfRuns([run(id, 1)])).toEqual([of('in', '2026-02-08')]);
});

test('runs of any other workflow ID have batches of their own', () => {
  const batches = [of('in', '2026-02-08'), of('in', '2026-02-09')];
  expect(batchesOfRuns(batches.map((batch, index) => run('my-first-run', index + 1, batch)))).toEqual(batches);
  expect(batchesOfRuns([run('my-first-run', 1), run('my-first-run', 2, batches[0])])).toEqual([{}, batches[0]]);
});
