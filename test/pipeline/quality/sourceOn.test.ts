import { sourceOn } from '@etl/pipeline/quality/sourceOn';

test.each([
  ['ventas', 'ventas'],
  ['ventas_2026-02-08', 'ventas_2026-01-31'],
  ['ventas_20260208', 'ventas_20260131'],
  ['2026_02_08.ventas', '2026_01_31.ventas'],
  ['v08-02-2026x', 'v31-01-2026x'],
  ['08022026', '31012026'],
  ['ventas_120260208', 'ventas_120260208'],
  ['ventas_2026-0208', 'ventas_2026-0208'],
  ['ventas_2026-02-09', 'ventas_2026-02-09'],
])('the source %s is %s on another date', (source, expected) => {
  expect(sourceOn(source, '2026-02-08', '2026-01-31')).toBe(expected);
});
