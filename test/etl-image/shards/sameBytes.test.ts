import { randomFrom } from '../../support/random';
import { thorough } from '../../support/thorough';
import { generateTable, writeTable } from '../corpora/generator';
import { Lab, lenient } from './lab';

/** Numbers of shards for slow tests. */
const some = thorough ? [2, 3, 5, 8] : [3];
/** 23 exceeds the number of chunks. */
const counts = thorough ? [1, 2, 3, 5, 8, 23] : [3];

/** Converts the file in one task and in shards, and checks that both publish the same. Returns the last result. */
async function compare(csv: Buffer | string, chunkRows: number, of: readonly number[], options = lenient) {
  const single = await Lab.inMemory(csv, chunkRows, options);
  try {
    const alone = await single.launch({});
    expect({ exitCode: alone.exitCode, cause: alone.cause }).toEqual({ exitCode: 0, cause: '' });
    const wanted = await single.published(alone.manifest);
    const reconciled: boolean[] = [];
    for (const n of of) {
      const lab = await single.beside();
      const together = await lab.fanOut(n);
      expect({ n, exitCode: together.exitCode, cause: together.cause }).toEqual({ n, exitCode: 0, cause: '' });
      expect({ n, ...(await lab.published(together.manifest)) }).toEqual({ n, ...wanted });
      reconciled.push(together.reconciled);
    }
    return { wanted, reconciled };
  } finally {
    await single.remove();
  }
}

const lines = (count: number, line: (row: number) => string, lineEnd = '\n'): string =>
  Array.from({ length: count }, (_, row) => line(row) + lineEnd).join('');

const utf8 = { ...lenient, dialect: { encoding: 'utf-8' } } as const;

const files: readonly (readonly [string, string | Buffer])[] = [
  ['quoted line ends around every boundary', `a,b\n${lines(40, (n) => `${n},"x\n""${n}"",\r\n"`)}`],
  ['CRLF', `a,b\r\n${lines(40, (n) => `${n},x${n}`, '\r\n')}`],
  ['CR alone', `a,b\r${lines(40, (n) => `${n},x${n}`, '\r')}`],
  ['a byte order mark, and empty lines before the header', `\ufeff\n\na;b\n${lines(40, (n) => `${n};ñ${n}`)}`],
  [
    'blank and ragged rows',
    `a,b\n${lines(60, (n) => ['', ',', `${n}`, `${n},x,y`, `${n},"x"y`, `${n},z`][n % 6] ?? '')}`,
  ],
  ['blank chunks', `a,b\n${lines(40, (n) => (n > 8 && n < 25 ? '' : `${n},x`))}`],
  ['a header alone', 'a,b\n'],
  ['repeated headers', `a,b\n${lines(60, (n) => (n % 13 === 5 ? 'a,b' : `${n},${n}.5`))}`],
  [
    "Excel's hint, also in the middle",
    `\ufeffsep=;\r\na;b\r\n${lines(60, (n) => (n === 31 ? 'sep=;' : `${n};x`), '\r\n')}`,
  ],
  ['no trailing line end', `a,b\n${lines(37, (n) => `${n},x`)}38,y`],
  ['one row', 'a,b\n1,2\n'],
  ['invalid UTF-8', Buffer.from(`a,b\n${lines(40, (n) => `${n},${n % 7 === 3 ? '\xff' : 'x'}`)}`, 'latin1')],
];

test.each(files)('%s: any number of shards publishes the same as one task', async (_name, csv) => {
  await compare(csv, 5, counts, utf8);
});

describe('a schema that several shards decide', () => {
  const widened = (at: number, text: string) => `a,b\n${lines(100, (n) => `${n === at ? text : n},x`)}`;

  test.each(thorough ? [0, 3, 49, 50, 96, 99] : [3, 49])('a text among integers at row %i', async (at) => {
    await compare(widened(at, 'n/o'), 5, some);
  });

  test.each<[string, number, string, boolean]>([
    ['in the first rows, which all shards read', 0, '0.5', false],
    ['in the last row, so that nearly all chunks are stale', 99, '0.5', true],
  ])('a fraction %s', async (_where, at, text, again) => {
    const { reconciled } = await compare(widened(at, text), 5, [4]);
    expect(reconciled).toEqual([again]);
  });

  test('the commit rewrites few stale chunks', async () => {
    // A third of one chunk are texts, and the first row of the next one shows it.
    const { reconciled } = await compare(`a,b\n${lines(100, (n) => `${n < 3 ? n : `x${n}`},x`)}`, 5, [2]);
    expect(reconciled).toEqual([false]);
  });

  test('a date column that becomes text, and one whose order shows late', async () => {
    const none = `fecha,fecha_b\n${lines(100, (n) => `${n < 40 ? '2026-02-01' : 'soon'},${n === 97 ? '13' : '05'}/02/2026`)}`;
    await compare(none, 5, some);
    const monthFirst = `fecha\n${lines(100, (n) => (n === 97 ? '02/13/2026' : '05/06/2026'))}`;
    await compare(monthFirst, 5, some);
  });

  test('thousands that a distant value makes decimal commas', async () => {
    for (const at of thorough ? [0, 50, 99] : [99])
      await compare(`a;b\n${lines(100, (n) => `${n === at ? '1,5' : '1,234'};x`)}`, 5, some);
  });

  test.each<[string, (row: number) => string]>([
    ['a code with an exponent', (n) => (n === 93 ? '1E5' : `${n}`)],
    ['a code with an exponent, and a text that decides it', (n) => (n === 93 ? '1E5' : n === 11 ? 'x' : `${n}`)],
    ['one number in two notations', (n) => (n === 93 ? '7.50' : `${n % 20}.5`)],
    ['too many numbers to compare', (n) => (n === 93 ? '7.50' : `${n}.5`)],
    ['scientific notation', (n) => (n % 7 === 3 ? `${n % 9}.5e-0${1 + (n % 9)}` : `${n}.5`)],
  ])('numbers: %s', async (_what, text) => {
    await compare(`x\n${lines(100, text)}`, 5, some);
  });

  test.each<[string, (row: number) => string]>([
    ['nanoseconds', (n) => `2026-02-08T10:30:00.${n === 93 ? '123456789' : '123456'}Z`],
    ['a date in another format', (n) => (n === 11 || n === 93 ? '8 Feb 2026' : '2026-02-08')],
    ['integers that may be dates', (n) => (n < 40 ? '20260208' : '2026-02-08')],
    ['both orders', (n) => (n === 11 ? '13/02/2026' : n === 93 ? '02/13/2026' : '05/06/2026')],
    ['times with and without an offset', (n) => `2026-02-08 10:30${n === 93 ? 'Z' : ''}`],
  ])('dates: %s', async (_what, text) => {
    await compare(`fecha\n${lines(100, text)}`, 5, some);
  });

  test('declared columns with invalid values', async () => {
    const csv = `a,fecha\n${lines(100, (n) => `${n % 9 === 4 ? 'x' : n},${n % 11 === 5 ? 'soon' : '05/06/2026'}`)}`;
    await compare(csv, 5, some, { ...lenient, columns: { a: 'integer', fecha: 'date' } });
    await compare(csv, 5, [3], { ...lenient, columns: { a: 'double' }, dialect: { dateOrder: 'mdy' } });
  });

  test('declared decimals and instants with invalid values, a preamble and footers', async () => {
    const line = (n: number) => {
      if (n % 17 === 6) return `TOTAL;"${n}";\n`;
      const amount = n % 9 === 4 ? '1,234.5' : `"${n}.234,5${n % 10}"`;
      return `${amount};${n === 31 ? '' : `0${1 + (n % 9)}/02/2026 10:30`};"x\n${n}"\n`;
    };
    const rows = Array.from({ length: 100 }, (_, n) => line(n)).join('');
    const csv = `\ufeffExport "ventas\nof 2026-02-08\n\nimporte;alta;nota\n${rows}TOTAL;100;\n`;
    const { wanted } = await compare(csv, 5, some, {
      ...lenient,
      columns: {
        importe: { type: 'decimal(20,2)', thousands: '.', required: true },
        alta: { type: 'timestamptz', format: 'dd/MM/yyyy HH:mm', timeZone: 'Europe/Madrid' },
      },
      dialect: { skipLines: 3, footer: { prefix: 'TOTAL' }, encoding: 'utf-8' },
    });
    expect(wanted.footerRows).toBe(7);
  });

  test('text columns that different shards no longer examine', async () => {
    await compare(`a\n${lines(100, (n) => (n < 50 ? String(n % 2 === 0) : String(n)))}`, 5, some);
    await compare(`a,b\n${lines(100, (n) => (n === 61 ? 'x,' : `${n},`))}`, 5, some);
  });
});

const seeds = Array.from({ length: thorough ? 60 : 3 }, (_, n) => n + 1);

test.each(seeds)('a random file (%i)', async (seed) => {
  const random = randomFrom(seed);
  const rows = 20 + random.below(150);
  const table = generateTable(random, rows, { latin: false, badBytes: random.chance(0.5) });
  const { bytes } = writeTable(random, table);
  const options = { ...lenient, dialect: { ...table.options.dialect, encoding: 'utf-8' as const } };
  await compare(bytes, 1 + random.below(25), thorough ? counts : [random.pick([2, 5])], options);
});
