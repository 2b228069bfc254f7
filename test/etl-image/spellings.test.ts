import type { ColumnType } from '@etl/pipeline/columns/types';
import type { Options } from '@etl/pipeline/options';
import { randomFrom } from '../support/random';
import { thorough } from '../support/thorough';
import { Corpus, lenient } from './corpora/support';
import type { Exact } from './corpora/table';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

/** Returns type, cells and warnings of a column of these texts. Both engines must agree. */
async function convertColumn(texts: readonly string[], options: Options = {}, delimiter = ';') {
  const csv = `x${delimiter}k\n${texts.map((text, row) => `${text}${delimiter}k${row}`).join('\n')}\n`;
  const dialect = { delimiter, ...options.dialect };
  const converted = await corpus.compare(csv, { options: { ...lenient, ...options, dialect }, chunkRows: 3 });
  const { manifest, rows, rejects } = converted;
  return {
    type: manifest.schema[0]?.type,
    cells: rows.map(([cell]) => cell),
    warnings: manifest.warnings,
    rejects: rejects.map(({ reason }) => reason),
  };
}

describe('numbers with several notations', () => {
  test.each<[string, ColumnType, string[]]>([
    ['codes with an exponent', 'text', ['1E5', '10E4', '2E3']],
    ['one code with an exponent among integers', 'text', ['123', '1E5', '456']],
    ['one code with an exponent among decimals', 'text', ['1.5', '1e5', '2.5']],
    ['hashes', 'text', ['0e12345', '0e99999', '0e1']],
    ['negative exponents that are not scientific notation', 'text', ['12E-4', '1.2E-3']],
    ['a mantissa of two digits', 'text', ['15.0E+3', '1.5E+4']],
    ['scientific notation of Python', 'double', ['1e-05', '1.5e-07', '0.0001', '1e+16', '2.5', '0.0']],
    ['scientific notation of Java', 'double', ['1.0E-4', '0.001', '1.0E7', '123456.7']],
    ['scientific notation of fixed width', 'double', ['1.50E+03', '0.00E+00', '-2.25E-12']],
    ['one number with and without an exponent', 'text', ['1.5e+5', '150000']],
    ['small and large exponents', 'text', ['1.5e+5', '1.5E+6']],
    ['exponents with and without a plus', 'text', ['1.5e+5', '1.5e6']],
    ['exponents of different width', 'text', ['1e-05', '1e-5']],
    ['mantissas of different width', 'text', ['1.5e+5', '1.50e+5']],
    ['zero with and without an exponent', 'text', ['0', '0.0e+0']],
    ['beyond the largest double', 'text', ['1.5e+400', '2.5']],
    ['below the least double', 'text', ['1e-400', '2.5']],
    ['versions', 'text', ['1.1', '1.10', '1.2']],
    ['an integer and the same number with a zero', 'text', ['1', '1.0', '2']],
    ['prices with two decimals', 'double', ['1.50', '2.25', '3.00']],
    ['floats as Python prints them', 'double', ['1.0', '2.25', '-0.5']],
    ['different numbers with different zeros', 'double', ['10.50', '11.25', '12', '13.1']],
    ['numbers without a leading zero', 'double', ['.5', '-.25', '1.5']],
    ['numbers with and without a leading zero', 'text', ['.5', '0.5']],
    ['no digits after the point', 'text', ['1.', '2.5']],
    ['leading zeros', 'text', ['01.5', '1.5']],
    ['a plus sign', 'text', ['+1.5', '1.5']],
    ['the sign of zero, as integer', 'text', ['-0', '0']],
    ['infinity', 'text', ['Infinity', '1.5']],
    ['hexadecimal', 'text', ['0x10', '16']],
    ['thousands', 'text', ['1,000.5', '1.5']],
    ['beyond 2^53, with a fraction', 'text', ['9007199254740993', '0.5']],
    ['17 digits as printed', 'double', ['0.30000000000000004', '0.1']],
    ['17 digits for a number of one digit', 'text', ['0.10000000000000001', '0.1']],
    ['more digits than a double keeps', 'text', ['0.1234567890123456789', '1.5']],
  ])('%s: %s', async (_what, type, texts) => {
    const { type: found, cells } = await convertColumn(texts);
    expect(found).toBe(type);
    if (type === 'text') expect(cells).toEqual(texts);
    else expect(cells).toEqual(texts.map(Number));
  });

  test('are decided independently of order and chunk', async () => {
    const texts = ['1.5', '2.5', '3.5', '4.5', '1.50', '6.5', '7.5'];
    for (let turn = 0; turn < texts.length; turn++) {
      const turned = [...texts.slice(turn), ...texts.slice(0, turn)];
      expect(await convertColumn(turned)).toMatchObject({ type: 'text', cells: turned });
    }
  });

  test('give a warning about both readings if there are too many to compare', async () => {
    const texts = Array.from({ length: 60 }, (_, n) => (n === 40 ? '7.50' : `${n}.5`));
    const { type, warnings } = await convertColumn(texts);
    expect(type).toBe('double');
    expect(warnings).toEqual([expect.stringMatching(/^x: .* 1\.5 and 1\.50, .*declare x as text/)]);
  });
});

describe('warns about two readings', () => {
  test.each<[string, string[], Options, RegExp | undefined]>([
    ['codes or numbers', ['1E5', '2'], {}, /^x: .*1E5 may be codes or the number 100000; .*declare x as double/],
    ['trailing zeros', ['1.5', '1.50'], {}, /^x: .*1\.5 and 1\.50.*stays text \(declare x as double/],
    [
      'decimal comma or thousands',
      ['1,234', '2,345'],
      {},
      /^x: .*1,234 may be 1234 or 1\.234.*declare dialect\.decimal/,
    ],
    ['decimal point or thousands', ['1.234', '2.345'], {}, /^x: .*1\.234.*may be 1234.*declare dialect\.decimal/],
    [
      'a declared double',
      ['1.234', '2.345'],
      { columns: { x: 'double' } },
      /^x: .*may be 1234.*declare dialect\.decimal/,
    ],
    ['a declared decimal point', ['1.234', '2.345'], { dialect: { decimal: '.' } }, undefined],
    ['a declared decimal comma', ['1,234', '2,345'], { dialect: { decimal: ',' } }, undefined],
    ['an unambiguous decimal comma', ['1,234', '2,5'], {}, undefined],
    ['codes with leading zeros', ['007', '008'], {}, undefined],
    ['a code that is not a number', ['1E5', 'A17'], {}, undefined],
  ])('%s', async (_what, texts, options, warning) => {
    const { warnings } = await convertColumn(texts, options);
    expect(warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
  });

  test('quoted commas with commas as delimiter', async () => {
    const { type, warnings } = await convertColumn(['"1,5"', '"2,25"'], {}, ',');
    expect(type).toBe('text');
    expect(warnings).toEqual([expect.stringMatching(/^x: .*1,5 may be decimals.*declare dialect\.decimal/)]);
  });
});

describe('a declared type rejects values that it cannot represent', () => {
  const no = (text: string, type: string): string => `${JSON.stringify(text)} is not of type ${type}`;
  test.each<[ColumnType, string[], Exact[], string[]]>([
    ['double', ['1E5', '+1', '007', '.5', '1.', '0e5'], [100000, 1, 7, 0.5, 1, 0], []],
    ['double', ['1e400', '-1e400', '1e-400', '1'], [1], ['1e400', '-1e400', '1e-400']],
    [
      'double',
      ['0.12345678901234567891', '9007199254740993', '1e20', '100000000000000000000'],
      [1e20, 1e20],
      ['0.12345678901234567891', '9007199254740993'],
    ],
    ['double', ['Infinity', '0x10', '1_000', '1,000', '1'], [1], ['Infinity', '0x10', '1_000', '1,000']],
    ['integer', ['1', '+7', '007', '-0'], [1n, 7n, 7n, 0n], []],
    [
      'integer',
      ['1.0', '1e3', '9223372036854775808', '-9223372036854775809', '3'],
      [3n],
      ['1.0', '1e3', '9223372036854775808', '-9223372036854775809'],
    ],
    ['boolean', ['true', 'False', '1', '0', 'yes'], [true, false], ['1', '0', 'yes']],
  ])('%s of %j', async (type, texts, cells, rejected) => {
    const found = await convertColumn(texts, { columns: { x: type } });
    expect(found.cells).toEqual(cells);
    expect(found.rejects).toEqual(rejected.map((text) => no(text, type)));
  });

  test('a thousands point with decimal commas', async () => {
    const options: Options = { columns: { x: 'double' }, dialect: { decimal: ',' } };
    const found = await convertColumn(['1,5', '1.234', '1.234,5'], options);
    expect(found.cells).toEqual([1.5]);
    expect(found.rejects).toEqual([no('1.234', 'double'), no('1.234,5', 'double')]);
  });
});

/** Notations of a few numbers, some per column, so that many columns have one notation and many have several. */
const spellings: readonly ((random: ReturnType<typeof randomFrom>) => string)[] = [
  (random) => String(random.below(3) * 10 ** random.below(7)),
  (random) => (random.below(300) / 100).toFixed(random.below(4)),
  (random) => String(random.below(300) / 100),
  (random) => (random.below(300) / 100).toString().replace(/^0[.]/, '.'),
  (random) => (random.below(30) * 10 ** (random.below(9) - 4)).toExponential(),
  (random) => (random.below(30) * 10 ** (random.below(9) - 4)).toExponential(random.below(3)).replace('e+', 'E'),
  (random) => `${random.below(20)}${random.pick(['e', 'E'])}${random.pick(['', '', '+', '-', '0'])}${random.below(4)}`,
  (random) => (random.below(10) / 10 + 0.2).toPrecision(17),
  (random) => `0${random.below(3)}`,
  (random) => `${random.pick(['+', '-', ''])}${random.below(2)}${random.pick(['', '.', '.0'])}`,
];

const seeds = Array.from({ length: thorough ? 300 : 20 }, (_, at) => at + 1);

test.each(seeds)('every text can be recovered from the stored value (%i)', async (seed) => {
  const random = randomFrom(seed);
  const kinds = Array.from({ length: 1 + random.below(3) }, () => random.pick(spellings));
  const texts = Array.from({ length: 2 + random.below(20) }, () => random.pick(kinds)(random));
  const { type, cells } = await convertColumn(texts);
  if (type === 'text') return expect(cells).toEqual(texts);
  const read = new Map(texts.map((text, row) => [text, cells[row]]));
  const different = new Set([...read.values()].map((cell) => (Object.is(cell, -0) ? '-0' : String(cell))));
  expect([...read.keys()].map((text) => [text, Number(text)])).toEqual(
    [...read].map(([text, cell]) => [text, typeof cell === 'bigint' ? Number(cell) : cell]),
  );
  expect(different.size).toBe(read.size);
});
