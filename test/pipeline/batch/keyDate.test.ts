import { dateOfKey } from '@etl/pipeline/batch/keyDate';

describe('the date in a key', () => {
  test.each([
    ['ventas/ventas_2026-02-08.csv', '2026-02-08'],
    ['ventas/ventas_2026_02_08.csv', '2026-02-08'],
    ['ventas/20260208.csv.gz', '2026-02-08'],
    ['ventas/ventas-20260208T0300.csv', '2026-02-08'],
    ['ventas/2026/02/08/ventas.csv', '2026-02-08'],
    ['2026/02/08/ventas.csv', '2026-02-08'],
    ['dt=2026-02-08/part.csv', '2026-02-08'],
    // Of several dates the last one counts.
    ['2026-02-01/ventas_2026-02-08.csv', '2026-02-08'],
    ['2026-02-08_to_2026-02-09.csv', '2026-02-09'],
    ['2025_2026_02_08.csv', '2026-02-08'],
    ['2026/02/08/ventas_2026-13-01.csv', '2026-02-08'],
    // batch_date= takes precedence over all others.
    ['batch_date=2026-02-08/ventas_2026-02-09.csv', '2026-02-08'],
    ['batch_date=20260208/x.csv', '2026-02-08'],
    ['batch_date=2026-02-07/batch_date=2026-02-08/x.csv', '2026-02-08'],
    ['batch_date=2026-02-30/ventas_2026-02-09.csv', '2026-02-09'],
  ])('%s', (key, day) => expect(dateOfKey(key)).toBe(day));

  test.each([
    'ventas.csv',
    'ventas_2026_02.csv',
    'ventas_2026-02-30.csv',
    'order-120260208.csv',
    'order-202602081.csv',
    'v20260208.csv',
    '2026-02_08.csv',
    'x2026/02/08/ventas.csv',
    '2026/02/08',
    '0000-01-01.csv',
    '',
  ])('%s contains no date', (key) => expect(dateOfKey(key)).toBeUndefined());
});
