import type { Random } from '../../support/random';

interface Place {
  readonly row: number;
  readonly rows: number;
  /** Only characters of Windows-1252. */
  readonly latin: boolean;
}

/** A kind of column, by its texts. */
export interface Kind {
  readonly label: string;
  /** Share of empty fields, if the kind defines it. */
  readonly sparse?: number;
  /** Whether it may hold words for null. */
  readonly words?: false;
  text(random: Random, place: Place): string;
}

/** Names in a header, with their normalised form. */
export const names: readonly (readonly [string, string])[] = [
  ['c', 'c'],
  ['Importe ', 'importe_'],
  [' Código  Postal', 'código_postal'],
  ['fecha', 'fecha'],
  ['Fecha Alta', 'fecha_alta'],
  ['DATE', 'date'],
  ['candidate_', 'candidate_'],
];

const two = (number: number): string => String(number).padStart(2, '0');
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.below(10)).join('');
const nonZero = (random: Random): string => String(1 + random.below(9));
const integer = (random: Random): string => String(random.below(2_000_000) - 1_000_000);
const decimal = (random: Random): string =>
  `${random.chance(0.3) ? '-' : ''}${random.below(1000)}.${digits(random, random.below(6))}${nonZero(random)}`;
const day = (random: Random) => ({
  year: String(1890 + random.below(200)),
  month: random.chance(0.5) ? two(1 + random.below(12)) : String(1 + random.below(12)),
  day: random.chance(0.5) ? two(1 + random.below(28)) : String(1 + random.below(28)),
  mark: random.pick(['-', '/', '.']),
});

function clock(random: Random): string {
  const seconds = random.pick(['', ':59', ':07.5', ':00,000001', ':30.123456000']);
  const zone = random.pick(['', '', 'Z', '+02:00', ' -0530', '-03']);
  return `${random.pick(['T', ' '])}${two(random.below(24))}:${two(random.below(60))}${seconds}${zone}`;
}

/** Text that changes the column's type late, so that earlier chunks must be rewritten. */
const late = (label: string, before: (random: Random) => string, after: (random: Random) => string): Kind => ({
  label,
  text: (random, { row, rows }) => (row < rows - 1 - random.below(3) ? before(random) : after(random)),
});

const ymd = (random: Random): string => {
  const { year, month, day: date, mark } = day(random);
  return [year, month, date].join(mark);
};
const dmy = (random: Random): string => {
  const { year, month, day: date, mark } = day(random);
  return [date, month, random.chance(0.2) ? year.slice(2) : year].join(mark);
};
const mdy = (random: Random): string => {
  const { year, month, mark } = day(random);
  return [month, String(1 + random.below(31)), year].join(mark);
};

const words = [
  'casa',
  'x y',
  ' a ',
  '"',
  "'",
  '""',
  "it's",
  'say "hi"',
  ',',
  ';',
  '\t',
  '|',
  'a,b;c|d',
  '#',
  '\\',
  '-',
  '=',
];
const lines = ['one\ntwo', '\r\n', 'a\rb', '\n', 'q"\n"q'];
const foreign = ['caf\u00e9 ', 'a\u00f1o ', '5 \u20ac ', '\u00bfqu\u00e9? '];
const far = ['\u65e5\u672c', '\ud83d\ude04', 'e\u0301', '\u2028', '\ufeff', '\u0085'];

export const kinds: readonly Kind[] = [
  { label: 'integers', text: integer },
  { label: 'small integers', text: (random) => String(random.below(10)) },
  { label: 'beyond 2^53', text: (random) => `${random.pick(['', '-'])}${1 + random.below(8)}${digits(random, 17)}` },
  {
    label: 'ends of 64 bits',
    text: (random) => random.pick(['9223372036854775807', '-9223372036854775808', '9007199254740993', '0', '-1']),
  },
  { label: 'beyond 64 bits', text: (random) => random.pick(['9223372036854775808', '-9223372036854775809', '1']) },
  { label: 'decimals', text: decimal },
  { label: 'integers and decimals', text: (random) => (random.chance(0.5) ? integer(random) : decimal(random)) },
  {
    label: 'scientific notation',
    text: (random) => random.pick(['1e-07', '-2.5e-300', '4', '.5', '-0.0', '1.25e+21', '-1e+17']),
  },
  {
    label: 'scientific notation of fixed width',
    text: (random) => `${nonZero(random)}.${digits(random, 4)}E${random.pick(['+', '-'])}${digits(random, 3)}`,
  },
  { label: 'codes like numbers', text: (random) => `${nonZero(random)}E${random.below(6)}` },
  {
    label: 'spellings',
    text: (random) =>
      random.pick(
        random.chance(0.9)
          ? ['1.5', '2.25', '-3', '0', '1e-9', '1.5e+20']
          : [
              '1.50',
              '2.250',
              '-3.0',
              '0.0',
              '.5',
              '0.5',
              '1E-9',
              '1.50e+20',
              '1e-09',
              '150000000000000000000',
              '1.5e20',
            ],
      ),
  },
  { label: 'fixed decimals', text: (random) => `${random.below(90)}.${digits(random, 2)}` },
  {
    label: 'decimals as written by hand',
    text: (random) => `${random.below(90)}.${digits(random, 1 + random.below(2))}`,
  },
  { label: '17 digits', text: (random) => (10 ** random.below(4) * random.next()).toPrecision(17) },
  { label: 'doubles as printed', text: (random) => String(random.next() * 10 ** random.below(12)) },
  { label: 'too many digits', text: (random) => `0.${nonZero(random)}${digits(random, 18)}${nonZero(random)}` },
  {
    label: 'big integers and decimals',
    text: (random) => random.pick(['9007199254740993', '0.5', '9007199254740992']),
  },
  { label: 'decimal commas', text: (random) => decimal(random).replace('.', ',') },
  { label: 'maybe thousands', text: (random) => `${nonZero(random)},${digits(random, 3)}` },
  { label: 'leading zeros', text: (random) => `0${digits(random, 4)}` },
  {
    label: 'odd numbers',
    text: (random) => random.pick(['+1', '1.', '-0', '00', '1_000', '0x10', 'Infinity', '1e400', '\u00b2']),
  },
  {
    label: 'spaces around',
    text: (random) => `${' '.repeat(random.below(3))}${integer(random)}${' '.repeat(random.below(3))}`,
  },
  { label: 'booleans', text: (random) => random.pick(['true', 'false', 'True', 'FALSE', ' tRuE']) },
  { label: 'booleans and numbers', text: (random) => random.pick(['true', '0']) },
  { label: 'year first', text: ymd },
  { label: 'day first', text: dmy },
  { label: 'month first', text: mdy },
  { label: 'timestamps', text: (random) => `${ymd(random)}${clock(random)}` },
  { label: 'timestamps, day first', text: (random) => `${dmy(random)}${random.chance(0.7) ? clock(random) : ''}` },
  {
    label: 'dates and others',
    text: (random) => random.pick([ymd, ymd, ymd, () => 'pendiente', () => '31/02/2026'])(random),
  },
  {
    label: 'nanoseconds',
    text: (random) => `2026-02-08T10:30:00.${random.chance(0.9) ? digits(random, 6) : digits(random, 9)}Z`,
  },
  {
    label: 'dates and numbers',
    text: (random) => (random.chance(0.95) ? ymd(random) : random.pick(['20260208', '0'])),
  },
  {
    label: 'day first and month first',
    text: (random) => random.pick(['08/02/2026', '13/02/2026', random.chance(0.1) ? '02/13/2026' : '01/01/2026']),
  },
  { label: 'few dates', text: (random) => random.pick([ymd, () => 'x', () => 'y'])(random) },
  {
    label: 'text',
    text: (random, { latin }) =>
      Array.from({ length: 1 + random.below(4) }, () =>
        random.pick([...words, ...lines, ...(latin ? foreign : [...foreign, ...far])]),
      ).join(''),
  },
  { label: 'names', text: (random) => `${random.pick(['Ana', 'Bo', 'Chlo\u00e9 '])}${random.below(50)}` },
  { label: 'long text', text: (random) => `${'lorem "ipsum", '.repeat(random.below(40))}.` },
  { label: 'words for null', words: false, text: (random) => random.pick(['NA', 'null', 'None', 'nan', 'N/A']) },
  { label: 'nothing', sparse: 1, text: () => '' },
  { label: 'sparse', sparse: 0.97, text: decimal },
  late('late text', integer, () => 'x'),
  late('late decimals', integer, decimal),
  late('late zeros', integer, () => '007'),
  late('late exponent', decimal, () => '1E5'),
  late('late zeros at the end', decimal, () => '1.50'),
  late(
    'late month first',
    (random) => `0${nonZero(random)}/0${nonZero(random)}/2026`,
    () => '12/31/2026',
  ),
  late('late time', ymd, (random) => `${ymd(random)} 10:30`),
  late('late words', decimal, () => 'none'),
];
