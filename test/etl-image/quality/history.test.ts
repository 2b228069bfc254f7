import type { Options } from '@etl/pipeline/options';
import type { Rule } from '@etl/pipeline/quality/rules';
import { Bench } from '../../support/container';
import { deliverHere } from '../faults/support/inProcess';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

let minute = 0;
async function day(date: string, csv: string, quality: Options['quality'], source = 'ventas', more = {}) {
  const path = await bench.file(`${source}-${date}.csv`, csv);
  const runStartedAt = new Date(Date.UTC(2026, 2, 1, 0, minute++)).toISOString();
  const changes = { BATCH_DATE: date, SOURCE: source, RUN_STARTED_AT: runStartedAt, ...more };
  return (await deliverHere(bench, path, changes, { quality: { rowCount: { min: 0 }, ...quality } })).manifest;
}

const rows = (count: number): string => `id\n${'1\n'.repeat(count)}`;
const change = (against: 'previous' | 'average', level: Rule['level'] = 'block'): Options['quality'] => ({
  rules: [{ metric: 'rowCount', against, mustBeBetween: [50, 150], unit: 'percent', level, name: 'change' }],
});

test('compares the rows with the newest earlier batch date', async () => {
  const first = await day('2026-02-01', rows(10), change('previous'));
  expect(first.quality).toMatchObject([
    { outcome: 'notEvaluable', level: 'warn', reason: 'there is no earlier batch', unit: 'percent' },
  ]);
  expect(first.warnings).toEqual(['quality rule change: not evaluable: there is no earlier batch']);
  expect((await day('2026-02-20', rows(15), change('previous'))).quality).toMatchObject([
    { outcome: 'passed', value: 150 },
  ]);
  await expect(day('2026-02-21', rows(7), change('previous'))).rejects.toThrow(
    'change: 46.6667 %, must be between 50 and 150',
  );
  // Later and equal dates do not count.
  expect((await day('2026-02-19', rows(9), change('previous'))).quality).toMatchObject([{ value: 90 }]);
  expect(
    (await day('2026-02-20', rows(5), change('previous'), 'ventas', { REPLACES: 'file:///' })).quality,
  ).toMatchObject([{ value: 55.5556 }]);
});

test('compares the rows with the average of the last seven batches', async () => {
  for (let n = 1; n <= 9; n++) await day(`2026-02-0${n}`, rows(n), {});
  // 3 to 9 rows.
  expect((await day('2026-02-10', rows(9), change('average'))).quality).toMatchObject([{ value: 150 }]);
});

test('finds the batches of a source that has its date in its name', async () => {
  await day('2026-02-07', rows(10), {}, 'ventas_20260207');
  await day('2026-02-07', rows(1000), {}, 'compras_20260207');
  expect((await day('2026-02-08', rows(9), change('previous'), 'ventas_20260208')).quality).toMatchObject([
    { value: 90 },
  ]);
});

test('does not divide by an earlier batch without rows', async () => {
  await day('2026-02-07', rows(0), {});
  expect((await day('2026-02-08', rows(1), change('previous', 'warn'))).quality).toMatchObject([
    { outcome: 'notEvaluable', level: 'warn', reason: 'the earlier batches have no rows' },
  ]);
});

describe('schemaDrift', () => {
  const differs = 'schema differs from 2026-02-07/ventas: column b was removed; new column c';

  test('freeze blocks a schema that differs from the previous commit', async () => {
    const first = await day('2026-02-07', 'a,b\n1,2\n', { schemaDrift: 'freeze' });
    expect(first.quality).toMatchObject([{ name: 'schemaDrift', outcome: 'notEvaluable', level: 'warn' }]);
    expect((await day('2026-02-08', 'a,b\n1,2\n', { schemaDrift: 'freeze' })).quality).toEqual([
      {
        name: 'schemaDrift',
        metric: 'schemaDrift',
        level: 'block',
        outcome: 'passed',
        value: 0,
        threshold: 'must be 0',
      },
    ]);
    await expect(
      day('2026-02-07', 'a,c\n1,2\n', { schemaDrift: 'freeze' }, 'ventas', { REPLACES: 'file:///' }),
    ).rejects.toThrow(`schemaDrift: ${differs}`);
  });

  test('warn publishes with one warning and a failed result', async () => {
    await day('2026-02-07', 'a,b\n1,2\n', {});
    const { warnings, quality } = await day('2026-02-08', 'a,c\n1,2\n', { schemaDrift: 'warn' });
    expect(warnings).toEqual([differs]);
    expect(quality).toMatchObject([{ outcome: 'failed', level: 'warn', value: 2, reason: differs }]);
  });

  test('evolve has no result', async () => {
    await day('2026-02-07', 'a,b\n1,2\n', {});
    const manifest = await day('2026-02-08', 'a,c\n1,2\n', { schemaDrift: 'evolve' });
    expect([manifest.quality, manifest.warnings]).toEqual([undefined, [differs]]);
  });
});
