import { openEngine } from '@etl/image/engine/open';
import type { PortableRow } from '@etl/image/engine/portable/groupRows';
import { noEvidence, toStoredEvidence } from '@etl/image/types/evidence';
import { decideColumn } from '@etl/image/types/schema';
import type { ColumnDeclaration } from '@etl/pipeline/columns/columnSchema';
import { type Options, optionsSchema } from '@etl/pipeline/options';
import { type Random, randomFrom } from '../support/random';
import { type RawCell, readRawColumn } from '../support/rawCells';
import { thorough } from '../support/thorough';
import { Corpus } from './corpora/support';

/** A text of a column with its value, in the form of `readRawColumn`. Undefined: the text contradicts the type. */
type Sample = readonly [text: string, value: RawCell | undefined];

interface Case {
  readonly declared: ColumnDeclaration;
  readonly dialect?: Options['dialect'];
  sample(random: Random): Sample;
}

const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.below(10)).join('');
const spaces = (random: Random): string => ' '.repeat(random.chance(0.2) ? 1 + random.below(3) : 0);
const padded = (random: Random, text: string): string => `${spaces(random)}${text}${spaces(random)}`;

/** A number with the digits of the unscaled value, in one of its notations. */
function decimalText(random: Random, unscaled: bigint, scale: number, mark: string): string {
  const sign = unscaled < 0n ? '-' : random.chance(0.1) ? '+' : '';
  const all = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  let whole = all.slice(0, all.length - scale);
  let fraction = all.slice(all.length - scale);
  if (random.chance(0.3)) fraction = fraction.replace(/0+$/, '');
  if (random.chance(0.1)) fraction += '0'.repeat(random.below(4));
  if (random.chance(0.1)) whole = `0${whole}`;
  if (random.chance(0.1) && whole === '0' && fraction !== '') whole = '';
  return `${sign}${whole}${fraction === '' && !random.chance(0.05) ? '' : mark}${fraction}`;
}

function decimals(precision: number, scale: number, mark: '.' | ',' = '.'): Case['sample'] {
  return (random) => {
    const kind = random.below(12);
    const value = BigInt(digits(random, 1 + random.below(precision))) * (random.chance(0.4) ? -1n : 1n);
    if (kind > 2) return [padded(random, decimalText(random, value, scale, mark)), value];
    const odd: Sample[] = [
      ['', null],
      ['NA', null],
      ['x', undefined],
      ['1e', undefined],
      [`1${mark}${'0'.repeat(scale)}1`, undefined],
      [`${'9'.repeat(precision - scale)}9`, undefined],
      [`-${'9'.repeat(precision - scale)}${mark}${'9'.repeat(scale)}`, -(10n ** BigInt(precision)) + 1n],
      [`1${mark}2${mark}3`, undefined],
      [mark, undefined],
      [`${'0'.repeat(60)}1e-${scale}`, 1n],
      ['1e9999', undefined],
      ['0e9999', 0n],
      [`0${mark}${'0'.repeat(60)}`, 0n],
    ];
    return random.pick(odd);
  };
}

const dayMicros = 86_400_000_000n;
const two = (number: number): string => String(number).padStart(2, '0');
/** A random date and time, as numbers and in microseconds since 1970. */
function moment(random: Random) {
  const [year, month, day] = [1 + random.below(9999), 1 + random.below(12), 1 + random.below(28)];
  const [hour, minute, second, fraction] = [random.below(24), random.below(60), random.below(60), random.below(1e6)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const days = date.getTime() / 86_400_000;
  const clock = (BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(fraction)) as bigint;
  return { year, month, day, hour, minute, second, fraction, days, clock, micros: BigInt(days) * dayMicros + clock };
}
const year4 = (year: number): string => String(year).padStart(4, '0');
const micro6 = (fraction: number): string => String(fraction).padStart(6, '0');

const cases: Record<string, Case> = {
  'decimal(18,2)': { declared: 'decimal(18,2)', sample: decimals(18, 2) },
  'decimal(9,9)': { declared: 'decimal(9,9)', sample: decimals(9, 9) },
  'decimal(19,4)': { declared: 'decimal(19,4)', sample: decimals(19, 4) },
  'decimal(38,10), declared commas': {
    declared: { type: 'decimal(38,10)', decimal: ',' },
    sample: decimals(38, 10, ','),
  },
  'decimal(38,0)': { declared: 'decimal(38,0)', sample: decimals(38, 0) },
  'decimal(38,38)': { declared: 'decimal(38,38)', sample: decimals(38, 38) },
  'decimal(12,2), commas of the dialect': {
    declared: 'decimal(12,2)',
    dialect: { decimal: ',' },
    sample: decimals(12, 2, ','),
  },
  'decimal(12,2), detected commas': { declared: 'decimal(12,2)', sample: decimals(12, 2, ',') },
  int32: {
    declared: 'int32',
    sample: (random) => {
      const value = BigInt(digits(random, 1 + random.below(11))) * (random.chance(0.4) ? -1n : 1n);
      const fits = value >= -(2n ** 31n) && value < 2n ** 31n;
      return random.chance(0.1)
        ? random.pick<Sample>([
            ['-2147483648', -2147483648n],
            ['2147483648', undefined],
            ['1.0', undefined],
            ['NA', null],
          ])
        : [padded(random, String(value)), fits ? value : undefined];
    },
  },
  'integers with thousands': {
    declared: { type: 'integer', thousands: '.', decimal: ',' },
    sample: (random) => {
      const value = BigInt(digits(random, 1 + random.below(18)));
      const grouped = String(value).replace(/\B(?=(\d{3})+$)/g, '.');
      return random.chance(0.2)
        ? random.pick<Sample>([
            ['1.23', undefined],
            ['1.2345', undefined],
            ['12.34.567', undefined],
            ['0.123', undefined],
            ['1.234,00', 1234n],
            ['1.234,50', undefined],
            ['+1.234', 1234n],
          ])
        : [random.chance(0.3) ? String(value) : grouped, value];
    },
  },
  'doubles with thousands': {
    declared: { type: 'double', thousands: ' ' },
    dialect: { decimal: ',' },
    sample: (random) => {
      const [whole, fraction] = [random.below(1e9), `${digits(random, 1)}5`];
      const mark = random.pick([' ', '\u00a0', '\u202f']);
      const text = String(whole).replace(/\B(?=(\d{3})+$)/g, mark);
      return random.chance(0.1)
        ? random.pick<Sample>([
            ['1 23,5', undefined],
            ['1 234 5', undefined],
            ['1,5 000', undefined],
            ['1 234e2', 123400],
          ])
        : [`${text},${fraction}`, Number(`${whole}.${fraction}`)];
    },
  },
  'decimals with apostrophes, mark detected': {
    declared: { type: 'decimal(12,3)', thousands: "'" },
    sample: (random) => {
      const value = BigInt(digits(random, 1 + random.below(12)));
      const all = String(value).padStart(4, '0');
      return [`${all.slice(0, -3).replace(/\B(?=(\d{3})+$)/g, "'")},${all.slice(-3)}`, value];
    },
  },
  'booleans in words': {
    declared: { type: 'boolean', trueValues: ['S', 'sí', '1'], falseValues: ['N', '0'], nullValues: ['-'] },
    sample: (random) =>
      random.pick<Sample>([
        ['S', true],
        [' sí ', true],
        ['1', true],
        ['N', false],
        ['0', false],
        ['-', null],
        ['', null],
        [' ', null],
        ['true', undefined],
        ['NA', undefined],
        ['n', undefined],
      ]),
  },
  'trimmed text': {
    declared: { type: 'text', trim: true, nullValues: ['N/A', '-'] },
    sample: (random) =>
      random.pick<Sample>([
        ['a', 'a'],
        ['  a b\t', 'a b'],
        ['\u00a0año \u2003', 'año'],
        ['-', null],
        [' N/A ', null],
        ['   ', null],
        ['', null],
        ['NA', 'NA'],
        [' "x" ', '"x"'],
      ]),
  },
  'text with null values': {
    declared: { type: 'text', nullValues: ['-'] },
    sample: (random) =>
      random.pick<Sample>([
        ['-', null],
        [' - ', ' - '],
        ['a ', 'a '],
        ['', null],
      ]),
  },
  'required integers': {
    declared: { type: 'integer', required: true },
    sample: (random) =>
      random.pick<Sample>([
        ['1', 1n],
        ['', undefined],
        ['NA', undefined],
        ['x', undefined],
        ['-5', -5n],
      ]),
  },
  'dates in a format': {
    declared: { type: 'date', format: "d. M. yyyy 'Uhr'" },
    sample: (random) => {
      const { year, month, day, days } = moment(random);
      const text = `${random.chance(0.5) ? day : two(day)}. ${month}. ${year4(year)} Uhr`;
      return random.chance(0.1)
        ? random.pick<Sample>([
            ['31. 2. 2026 Uhr', undefined],
            ['1. 2. 26 Uhr', undefined],
            ['2026-02-08', undefined],
            ['', null],
          ])
        : [text, days];
    },
  },
  'timestamps in a format': {
    declared: { type: 'timestamp', format: 'yyyyMMddHHmmssSSS' },
    sample: (random) => {
      const { year, month, day, hour, minute, second, fraction, micros } = moment(random);
      const text = `${year4(year)}${[month, day, hour, minute, second].map(two).join('')}${micro6(fraction).slice(0, 3)}`;
      return [padded(random, text), micros - BigInt(fraction % 1000)];
    },
  },
  'timestamps of half days with an offset': {
    declared: { type: 'timestamptz', format: 'MM/dd/uuuu hh:mm:ss.SSSSSS a XXX' },
    sample: (random) => {
      const { year, month, day, hour, minute, second, fraction, micros } = moment(random);
      const half = `${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(minute)}:${two(second)}.${micro6(fraction)} ${hour < 12 ? 'AM' : 'pm'}`;
      const offset = random.below(20) - 10;
      const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.abs(offset))}:30`;
      const shift = offset === 0 ? 0n : BigInt(offset * 60 + Math.sign(offset) * 30) * 60_000_000n;
      const instant = micros - shift;
      const outside = new Date(Number(instant / 1000n)).getUTCFullYear();
      return [
        `${two(month)}/${two(day)}/${year4(year)} ${half} ${zone}`,
        outside < 1 || outside > 9999 ? undefined : instant,
      ];
    },
  },
  'instants of a time zone': {
    declared: { type: 'timestamptz', timeZone: 'Europe/Madrid' },
    sample: (random) =>
      random.pick<Sample>([
        ['2026-01-15 10:30', BigInt(Date.UTC(2026, 0, 15, 9, 30)) * 1000n],
        ['2026-07-15T10:30:00.5', BigInt(Date.UTC(2026, 6, 15, 8, 30, 0, 500)) * 1000n],
        ['2026-07-15T10:30:00Z', BigInt(Date.UTC(2026, 6, 15, 10, 30)) * 1000n],
        ['2026-07-15T10:30:00-05:00', BigInt(Date.UTC(2026, 6, 15, 15, 30)) * 1000n],
        // The clock goes from 2:00 to 3:00, and from 3:00 back to 2:00.
        ['2026-03-29 02:30:00', undefined],
        ['2026-03-29 03:00:00', BigInt(Date.UTC(2026, 2, 29, 1)) * 1000n],
        ['2026-10-25 02:30:00', BigInt(Date.UTC(2026, 9, 25, 0, 30)) * 1000n],
        ['2026-10-25 03:00:00', BigInt(Date.UTC(2026, 9, 25, 2)) * 1000n],
        ['1935-07-01 00:00:00.000001', BigInt(Date.UTC(1935, 6, 1)) * 1000n + 1n],
      ]),
  },
  'instants with an offset': {
    declared: 'timestamptz',
    sample: (random) =>
      random.pick<Sample>([
        ['2026-07-15T10:30:00+02:00', BigInt(Date.UTC(2026, 6, 15, 8, 30)) * 1000n],
        ['15/07/2026 10:30Z', BigInt(Date.UTC(2026, 6, 15, 10, 30)) * 1000n],
        ['15.07.2026 10:30:01Z', BigInt(Date.UTC(2026, 6, 15, 10, 30, 1)) * 1000n],
        ['1969-12-31T23:59:59-00:30', 1_799_000_000n],
        ['0001-01-01T00:00:00Z', -62135596800000000n],
        ['0001-01-01T00:00:00+00:01', undefined],
        ['0001-12-31T00:00:00+01:00', -62104150800000000n],
        ['9999-12-31T23:59:59-00:01', undefined],
        ['9999-12-31T23:59:59+23:59', 253402214459000000n],
        ['2026-07-15T10:30:00+24:00', undefined],
        ['2026-07-15T10:30:00+02:60', undefined],
        ['2026-07-15T10:30:00 02:00', undefined],
        ['2026-02-29T10:30:00Z', undefined],
        ['2026-07-15T10:30:00', undefined],
        ['2026-07-15', undefined],
      ]),
  },
  times: {
    declared: 'time',
    sample: (random) => {
      const { hour, minute, second, fraction, clock } = moment(random);
      return random.chance(0.15)
        ? random.pick<Sample>([
            ['24:00', undefined],
            ['10:30:60', undefined],
            ['9:05', (9n * 60n + 5n) * 60_000_000n],
            ['10:30Z', undefined],
            ['10:30:00.1234567', undefined],
            ['', null],
          ])
        : [`${two(hour)}:${two(minute)}:${two(second)}.${micro6(fraction)}`, clock];
    },
  },
  'times in a format': {
    declared: { type: 'time', format: 'HHmm', nullValues: ['9999'] },
    sample: (random) =>
      random.pick<Sample>([
        ['1030', (10n * 60n + 30n) * 60_000_000n],
        ['2400', undefined],
        ['9999', null],
        ['930', undefined],
      ]),
  },
  json: {
    declared: { type: 'json', nullValues: ['NULL'] },
    sample: (random) =>
      random.pick<Sample>([
        ['{"a":[1,2.50,"x"]}', '{"a":[1,2.50,"x"]}'],
        ['{ "a" : 1 }', '{ "a" : 1 }'],
        ['  [1]  ', '[1]'],
        ['null', 'null'],
        ['NULL', null],
        ["{'a':1}", undefined],
        ['NA', undefined],
        ['{"a":1', undefined],
        ['"ñ\u2028"', '"ñ\u2028"'],
        ['12345678901234567890', '12345678901234567890'],
      ]),
  },
};

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const seeds = Array.from({ length: thorough ? 20 : 1 }, (_, at) => at + 1);

describe.each(Object.keys(cases))('%s', (name) => {
  test.each(seeds)('both engines read the values, and reject the rows that contradict the type (%i)', async (seed) => {
    const { declared, dialect = {}, sample } = cases[name] as Case;
    const random = randomFrom(seed * 1000);
    const rows = Array.from({ length: 150 }, () => sample(random));
    const body = rows.map(([text], row) => `${row};${quoted(text)}\n`).join('');
    const options = optionsSchema.parse({
      ...{ rejects: { maxShare: 1 }, quality: { rowCount: { min: 0 } } },
      ...{ columns: { x: declared }, dialect: { delimiter: ';', ...dialect } },
    });
    const wanted = rows.flatMap(([, value]) => (value === undefined ? [] : [value]));

    const { manifest, parts, rejects: rejected } = await corpus.convert(`k;x\n${body}`, { options, chunkRows: 80 });
    expect(manifest.schema[1]?.type).toBe(typeof declared === 'string' ? declared : declared.type);
    const cells = (await Promise.all(parts.map((part) => readRawColumn(part, 'x')))).flat();
    expect(cells.map(comparable)).toEqual(wanted.map(comparable));

    const splitting = { delimiter: ';', quote: '"', lineEnd: '\n' } as const;
    const engine = openEngine('portable', splitting, 1);
    const plansOf = (evidence = [noEvidence, noEvidence]) =>
      ['k', 'x'].map(
        (each, at) => decideColumn({ name: each, sourceName: each }, evidence[at] ?? noEvidence, options, ';').plan,
      );
    const read = (plans: ReturnType<typeof plansOf>) =>
      engine.read({ bytes: new Uint8Array(Buffer.from(body)), rows: rows.length }, plans);
    const { evidence, content, rejects } = await read(plansOf([...(await read(plansOf())).evidence]));
    const kernel = openEngine('kernel', splitting, 0);
    const group = { bytes: new Uint8Array(Buffer.from(body)), rows: rows.length };
    const again = await kernel.read(group, plansOf([...evidence]));
    expect(again.evidence.map(toStoredEvidence)).toEqual(evidence.map(toStoredEvidence));
    await kernel.close();
    const perDay = typeof declared === 'object' && declared.type === 'date' ? dayMicros : 1n;
    const portable = (content as readonly PortableRow[]).map(([, cell]) =>
      perDay > 1n && typeof cell === 'bigint' ? cell / perDay : (cell ?? null),
    );
    expect(portable.map(comparable)).toEqual(wanted.map(comparable));
    expect(rejects.length).toBe(rows.length - wanted.length);
    expect(rejects.map(({ row, column, reason, raw }) => ({ row: row + 1, column, reason, raw }))).toEqual(
      rejected.map(({ row, column, reason, raw }) => ({ row, column, reason, raw })),
    );
  });
});

/** Days and 32-bit integers are read as numbers by one reader, and as bigints by the other. */
function comparable(cell: unknown): string {
  return `${typeof cell === 'bigint' || Number.isInteger(cell) ? 'integer' : typeof cell} ${String(cell)}`;
}
