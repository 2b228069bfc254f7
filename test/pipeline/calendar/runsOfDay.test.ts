import { RunsByDay, workflowIdsOf } from '@etl/pipeline/calendar/runsOfDay';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';

const run = (workflowId: string, more: Partial<RunFacts> = {}): RunFacts => ({
  ...{ workflowType: 'etlPipeline', workflowId, runId: workflowId, status: 'FAILED' },
  ...{ startedAt: '2026-02-09T01:00:00.000Z', ...more },
});
const idsOf = (runs: readonly RunFacts[]) => runs.map(({ workflowId }) => workflowId);
const day = { dataset: 'ventas', batchDate: '2026-02-08' };

test('finds the runs of a day by workflow ID, memo or answer', () => {
  const memo = { etl: { ...day, source: 's' } };
  const runs = [
    run('etl/ventas/2026-02-08/norte'),
    run('etl/ventas/2026-02-08/norte-0123456789ab/0123456789ab'),
    run('batch/ventas/2026-02-08'),
    run('nightly/ventas-2026-02-08T02:30:00Z'),
    run('my-first-run', { memo }),
    run('my-open-run', { answer: { step: 'held', batch: { ...day, source: 's' } } }),
  ];
  const others = [
    run('etl/ventas/2026-02-09/norte'),
    run('etl/ventas-2/2026-02-08/norte'),
    run('batch/ventas-2/2026-02-08'),
    run('nightly/ventas-2-2026-02-08T02:30:00Z'),
    run('nightly/ventas-2026-02-07T02:30:00Z'),
    run('nightly/ventas-2026-02-08T02:30:00Z-by-hand'),
    run('unknown'),
  ];
  expect(idsOf(new RunsByDay([...others, ...runs]).of(day)).sort()).toEqual(idsOf(runs).sort());
  expect(new RunsByDay(runs).of({ dataset: 'ventas', batchDate: '2026-02-10' })).toEqual([]);
});

test('a scheduled run belongs to the local day of its start, and the offset of its dataset', () => {
  const runs = new RunsByDay([run('nightly/ventas-2026-02-08T02:30:00Z')]);
  const isOf = (more: object) => runs.of({ ...day, ...more }).length > 0;
  expect(isOf({ timeZone: 'America/Bogota' })).toBe(false);
  expect(isOf({ timeZone: 'America/Bogota', batchDate: '2026-02-07' })).toBe(true);
  expect(isOf({ dayOffset: -1, batchDate: '2026-02-07' })).toBe(true);
});

test('a query finds every workflow ID of a day', () => {
  const beginnings = workflowIdsOf({ ...day, dayOffset: -1 });
  for (const id of ['etl/ventas/2026-02-08/x', 'batch/ventas/2026-02-08', 'nightly/ventas-2026-02-09T02:30:00Z'])
    expect(beginnings.some((beginning) => id.startsWith(beginning))).toBe(true);
});
