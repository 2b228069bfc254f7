import { readDates } from '@etl/image/types/dates';
import type { ColumnType } from '@etl/pipeline/columns/types';
import type { Options } from '@etl/pipeline/options';
import { randomFrom } from '../support/random';
import { thorough } from '../support/thorough';
import { Corpus, lenient } from './corpora/support';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

/** Converts a column `fecha` with both engines. Returns dates and timestamps as ISO 8601. */
async function convertDates(texts: readonly string[], options: Options = {}) {
  const csv = `fecha;k\n${texts.map((text, row) => `${text};k${row}`).join('\n')}\n`;
  const request = { options: { ...lenient, ...options }, chunkRows: 3 };
  const { manifest, rows, rejects } = await corpus.compare(csv, request);
  const type = manifest.schema[0]?.type;
  return {
    type,
    cells: rows.map(([cell]) => (typeof cell === 'object' && cell ? isoOf(cell.micros, type) : cell)),
    warnings: manifest.warnings,
    coerced: manifest.totals.datesCoerced,
    rejected: rejects.map(({ raw }) => raw.split(';')[0]),
  };
}

function isoOf(micros: bigint, type: ColumnType | undefined): string {
  const behind = ((micros % 1000n) + 1000n) % 1000n;
  const iso = new Date(Number((micros - behind) / 1000n)).toISOString();
  if (type === 'date') return iso.slice(0, 10);
  return behind === 0n ? iso : iso.replace('Z', `${String(behind).padStart(3, '0')}Z`);
}

describe('a declared date rejects values that are not a whole day', () => {
  test.each<[string, string | undefined]>([
    ['2026-02-08', '2026-02-08'],
    ['08/02/2026', '2026-02-08'],
    ['2026-02-08T00:00:00', '2026-02-08'],
    ['2026-02-08 00:00:00.000000', '2026-02-08'],
    ['2026-02-08T00:00:00Z', '2026-02-08'],
    ['2026-02-08T00:00:00+00:00', '2026-02-08'],
    ['2026-02-08T00:30:00+02:00', undefined],
    ['2026-02-08T00:00:00+02:00', undefined],
    ['2026-02-08T02:00:00+02:00', undefined],
    ['2026-02-08 23:59:59', undefined],
    ['2026-02-08 00:00:00.000001', undefined],
    ['2026-02-08T24:00:00', undefined],
    ['2026-02-30', undefined],
    ['2026-02-08x', undefined],
    ['20260208', undefined],
    ['0000-01-01', undefined],
    ['12026-01-01', undefined],
  ])('%s', async (text, day) => {
    const { cells, rejected } = await convertDates([text, '2026-01-01'], { columns: { fecha: 'date' } });
    expect(cells).toEqual(day === undefined ? ['2026-01-01'] : [day, '2026-01-01']);
    expect(rejected).toEqual(day === undefined ? [text] : []);
  });
});

describe('a declared timestamp rejects values that it cannot hold', () => {
  test.each<[string, string | undefined]>([
    ['2026-02-08', '2026-02-08T00:00:00.000Z'],
    ['2026-02-08T00:30:00+02:00', '2026-02-07T22:30:00.000Z'],
    ['2026-02-08T10:30:00+02', '2026-02-08T08:30:00.000Z'],
    ['2026-02-08 10:30:00,5', '2026-02-08T10:30:00.500Z'],
    ['2026-02-08T10:30:00.123456000Z', '2026-02-08T10:30:00.123456Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
    ['2026-02-08T10:30:00.123456789Z', undefined],
    ['2026-02-08T23:59:60Z', undefined],
    ['2026-02-08T24:00:00Z', undefined],
    ['2026-02-08T25:00:00Z', undefined],
    ['2026-02-29T10:30:00Z', undefined],
    ['0001-01-01T00:00:00+02:00', undefined],
    ['9999-12-31T23:59:59-02:00', undefined],
    ['2026-02-08 10:30 PM', undefined],
    ['2026-02-08T10:30:00 Europe/Madrid', undefined],
    ['8 Feb 2026', undefined],
  ])('%s', async (text, instant) => {
    const last = '2026-01-01T00:00:00.000Z';
    const { cells, rejected } = await convertDates([text, '2026-01-01'], { columns: { fecha: 'timestamp' } });
    expect(cells).toEqual(instant === undefined ? [last] : [instant, last]);
    expect(rejected).toEqual(instant === undefined ? [text] : []);
  });
});

describe('an inferred date loses no valid value', () => {
  const others = Array.from({ length: 9 }, (_, at) => `2026-01-0${at + 1}`);

  test.each([
    '2026-01-01T00:00:00.123456789Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T24:00:00',
    '2026-01-01 10:30 PM',
    '2026-01-01 10h30',
    '2026-01-01T10:30:00 CET',
    '2026-01-01T10:30:00+01:00[Europe/Madrid]',
    '2026-01-01 (estimado)',
    '20260101',
    '20260101103000',
    '20260101T103000Z',
    '2026',
    '2026-01',
    '01/2026',
    '2026-001',
    '2026-W01-4',
    '8 Feb 2026',
    '08-feb-26',
    '8 de febrero de 2026',
    'Feb 8, 2026',
    'February 8th, 2026',
    'Sun, 08 Feb 2026 10:30:00 +0100',
    'Sun Feb  8 10:30:00 2026',
    '2026-Feb-08',
    '0000-01-01',
    '+12026-01-01',
    '-0044-03-15',
    '9999-12-31T23:59:59-02:00',
  ])('%s among dates makes the column text, with a warning', async (text) => {
    for (const texts of [
      [text, ...others],
      [...others, text],
    ]) {
      const { type, cells, warnings, coerced } = await convertDates(texts);
      expect({ type, cells, coerced }).toEqual({ type: 'text', cells: texts, coerced: 0 });
      expect(warnings).toEqual([expect.stringMatching(/^fecha: values that may be dates.*: 1; the column stays text/)]);
    }
  });

  test.each([
    'pendiente',
    '31/02/2026',
    '2026-02-30',
    '0000-00-00',
    '2026-13-01',
    '2026-01-01 25:00',
    '0',
    '-',
    'n.d.',
    '12345',
    '13/2026',
  ])('%s among dates becomes null and is counted', async (text) => {
    const { type, cells, coerced } = await convertDates([...others, text]);
    expect({ type, cells, coerced }).toEqual({ type: 'date', cells: [...others, null], coerced: 1 });
  });

  test('a column with days first and months first stays text, with a warning', async () => {
    for (const texts of [
      ['13/02/2026', '05/02/2026', '02/14/2026', '06/02/2026'],
      ['02/14/2026', '13/02/2026', '15/02/2026'],
    ]) {
      const { type, cells, warnings } = await convertDates(texts);
      expect({ type, cells }).toEqual({ type: 'text', cells: texts });
      expect(warnings).toEqual([expect.stringMatching(/^fecha: some dates have the day first, others the month/)]);
    }
  });

  test('a column of integers only is an integer column, dates or not', async () => {
    expect(await convertDates(['20260208', '20260209'])).toMatchObject({
      type: 'integer',
      cells: [20260208n, 20260209n],
    });
  });
});

describe('warns about two readings', () => {
  test.each<[string, string[], Options, RegExp | undefined]>([
    [
      'day and month',
      ['03/04/2026', '05/06/2026'],
      {},
      /03\/04\/2026 is read as 3 April .* may be March 4 .*dialect\.dateOrder/,
    ],
    ['day and month, declared', ['03/04/2026'], { columns: { fecha: 'date' } }, /3 April .* March 4/],
    ['a declared order', ['03/04/2026'], { dialect: { dateOrder: 'mdy' } }, undefined],
    ['an order that follows from the values', ['03/04/2026', '13/04/2026'], {}, undefined],
    ['years of two digits', ['13-02-26'], {}, /dates with a two-digit year: 1 .*20xx/],
    [
      'times with and without an offset',
      ['2026-02-08T10:00Z', '2026-02-08 11:00'],
      {},
      /1 of 2 times have no UTC offset/,
    ],
    ['times without an offset', ['2026-02-08 10:00', '2026-02-08 11:00'], {}, undefined],
  ])('%s', async (_what, texts, options, warning) => {
    const { warnings } = await convertDates(texts, options);
    expect(warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
  });
});

test('a long remark that starts with a date is not a date', () => {
  expect(readDates(`2026-02-08 ${'x'.repeat(60)}`)).toMatchObject({ other: false });
  expect(readDates(`2026-02-08 ${'\u20ac'.repeat(20)}`)).toMatchObject({ other: false });
});

const seeds = Array.from({ length: thorough ? 200 : 10 }, (_, at) => at + 1);

/** Dates in many forms, each with its instant by JavaScript. */
test.each(seeds)('stores every valid date with its value, or the column as text (%i)', async (seed) => {
  const random = randomFrom(seed);
  const two = (number: number): string => String(number).padStart(2, '0');
  const zone = () => random.pick(['', 'Z', '+02:00', '-0530', ' +01']);
  const clock = () =>
    random.pick([
      () => '',
      () => `T${two(random.below(24))}:${two(random.below(60))}${zone()}`,
      () => ` ${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}${zone()}`,
      () => `T10:30:00.${'0'.repeat(random.below(9))}${random.below(10)}${zone()}`,
    ])();
  const forms = [
    (y: number, m: number, d: number) => `${y}-${two(m)}-${two(d)}${clock()}`,
    (y: number, m: number, d: number) => `${y}/${m}/${d}${clock()}`,
    (y: number, m: number, d: number) => `${two(d)}/${two(m)}/${y}${clock()}`,
    (y: number, m: number, d: number) =>
      random.pick([`${y}${two(m)}${two(d)}`, `${d} ${random.pick(['mar', 'Sept', 'dic'])} ${y}`]),
    () => random.pick(['pendiente', '31/02/2026']),
  ];
  const kinds = Array.from({ length: 1 + random.below(3) }, () => random.pick(forms.slice(0, random.pick([2, 3, 5]))));
  const texts = Array.from({ length: 4 + random.below(8) }, () =>
    random.pick(kinds)(1950 + random.below(140), 1 + random.below(12), 13 + random.below(16)),
  );
  const { type, cells, coerced } = await convertDates(texts);
  if (type === 'text') return expect(cells).toEqual(texts);
  const expected = texts.map((text) => {
    const [, y, m, d, rest = ''] =
      /^(\d{4})[-/](\d+)[-/](\d+)(.*)$/.exec(text.replace(/^(\d\d)\/(\d\d)\/(\d{4})/, '$3-$2-$1')) ?? [];
    if (
      y === undefined ||
      Number.isNaN(Date.parse(`${y}-${m?.padStart(2, '0')}-${d}`)) ||
      (m === '02' && Number(d) > 29)
    )
      return null;
    const [, time = '00:00', offset = 'Z'] = /^[T ]?(\d\d:\d\d[\d:.]*)?\s?(Z|[+-]\d\d:?(?:\d\d)?)?$/.exec(rest) ?? [];
    const iso = offset.length === 3 ? `${offset}:00` : offset.replace(/^(...)(\d\d)$/, '$1:$2');
    return new Date(
      `${y}-${m?.padStart(2, '0')}-${d?.padStart(2, '0')}T${time.replace(/([.]\d{3})\d*$/, '$1')}${iso}`,
    ).toISOString();
  });
  const digits = type === 'date' ? 'YYYY-MM-DD'.length : 'YYYY-MM-DDThh:mm:ss.sss'.length;
  expect(cells.map((cell) => (typeof cell === 'string' ? cell.slice(0, digits) : cell))).toEqual(
    expected.map((iso) => iso?.slice(0, digits) ?? null),
  );
  expect(coerced).toBe(expected.filter((iso) => iso === null).length);
});
