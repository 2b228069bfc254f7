import { type Random, randomFrom } from '../../../support/random';

type Column = (row: number, rows: number, random: Random) => string;

const day = (random: Random): string => `0${1 + random.below(9)}/0${1 + random.below(9)}/2026`;

/** Columns whose type the first rows do not show, among ordinary ones. */
const columns: readonly (readonly [string, Column])[] = [
  ['whole', (_row, _rows, random) => String(random.below(1e6))],
  ['text', (row, _rows, random) => random.pick(['plain', '"a ""quoted"" one"', '"two\nlines"', `ñ${row}`, ''])],
  ['yes', (_row, _rows, random) => random.pick(['true', 'False'])],
  ['to_double', (row, rows, random) => (row > rows * 0.6 ? '1.5' : String(random.below(100)))],
  ['to_text', (row, rows, random) => (row === rows - 1 ? 'x' : String(random.below(100)))],
  ['zeros', (row, rows) => (row === rows >> 1 ? '007' : String(row))],
  ['late', (row, rows) => (row < rows * 0.7 ? '' : String(row))],
  ['fecha', (row, rows, random) => (row === rows - 2 ? '25/12/2026' : day(random))],
  ['date', (row, rows, random) => (row === rows - 1 ? '2026-02-01T10:30:00Z' : `2026-02-0${1 + random.below(9)}`)],
  ['some_date', (_row, _rows, random) => (random.chance(0.1) ? 'unknown' : `2026-03-0${1 + random.below(9)}`)],
];

/** Generates a CSV of some of these columns, with blank and ragged rows. Equal for the same seed. */
export function randomTable(seed: number): string {
  const random = randomFrom(seed);
  const rows = 6 + random.below(24);
  const chosen = columns.filter(() => random.chance(0.6));
  const all = [['id', (row: number) => String(row)] as const, ...chosen];
  const lines = Array.from({ length: rows }, (_, row) => {
    if (random.chance(0.05)) return ','.repeat(all.length - 1);
    if (random.chance(0.05)) return `${row},too,many${',x'.repeat(all.length)}`;
    return all.map(([, cell]) => cell(row, rows, random)).join(',');
  });
  return `${all.map(([name]) => name).join(',')}\n${lines.join('\n')}\n`;
}
