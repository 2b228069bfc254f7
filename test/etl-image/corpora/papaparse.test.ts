import { inParallel } from '../../support/parallel';
import { type PapaCase, papaCases } from './papaCases';
import { Corpus, lenient, testWithPyarrow } from './support';

const { cases, left } = papaCases();

const misquoted = 'text behind a closing quote rejects the row, where Papa guesses on';
const spaced = 'spaces there do so, too, which Papa passes over';
/**
 * Cases in which our rules differ from Papa's, with the reason and our rows. A case that agrees with Papa must be
 * removed.
 */
const differing: Readonly<Record<string, { readonly why: string; readonly becomes: RegExp }>> = {
  'CORE_PARSER_TESTS: Quoted field has no closing quote': {
    why: 'the end of the field is ambiguous, so the file fails',
    becomes: /the quote opened .* is never closed/,
  },
  'CORE_PARSER_TESTS: Quoted field has invalid trailing quote after delimiter with a valid closer': {
    why: misquoted,
    becomes: /^0 written, 0 blank, 2 rejected$/,
  },
  'CORE_PARSER_TESTS: Quoted field has invalid trailing quote after delimiter': {
    why: misquoted,
    becomes: /^0 written, 0 blank, 2 rejected$/,
  },
  'CORE_PARSER_TESTS: Quoted field has invalid trailing quote before delimiter': {
    why: misquoted,
    becomes: /^0 written, 0 blank, 2 rejected$/,
  },
  'CORE_PARSER_TESTS: Quoted field has invalid trailing quote after new line': {
    why: misquoted,
    becomes: /^0 written, 0 blank, 1 rejected$/,
  },
  'PARSE_TESTS: Quoted fields with spaces between closing quote and next delimiter': {
    why: spaced,
    becomes: /^0 written, 0 blank, 2 rejected$/,
  },
  'PARSE_TESTS: Quoted fields with spaces between closing quote and next new line': {
    why: spaced,
    becomes: /^1 written, 0 blank, 2 rejected$/,
  },
  'PARSE_TESTS: Quoted fields with spaces after closing quote': {
    why: spaced,
    becomes: /^0 written, 0 blank, 3 rejected$/,
  },
  'PARSE_TESTS: Quoted fields with spaces between closing quote and next delimiter and contains delimiter': {
    why: spaced,
    becomes: /^1 written, 0 blank, 1 rejected$/,
  },
  'PARSE_TESTS: Quoted fields with spaces between closing quote and newline and contains newline': {
    why: spaced,
    becomes: /^1 written, 0 blank, 1 rejected$/,
  },
};

/** Result of a case: rows of the header's width, and the number of others. */
interface Outcome {
  readonly written: readonly (readonly (string | null)[])[];
  readonly blank: number;
  readonly rejected: number;
}

let corpus: Corpus;
const outcomes = new Map<string, Outcome | string>();
beforeAll(async () => {
  corpus = await Corpus.create();
  // Many cases differ only in the processing of fields: converts their file once.
  const files = new Map(cases.map((each) => [fileOf(each), each]));
  await inParallel([...files], async ([file, each]) => {
    outcomes.set(file, await convert(each).catch((error: Error) => error.message));
  });
});
afterAll(() => corpus.remove());

/** Returns a key that is equal for cases with equal files. */
function fileOf({ input, delimiter, quote, lineEnd, rows }: PapaCase): string {
  return JSON.stringify([input, delimiter, quote, lineEnd, rows[0]?.length]);
}

/** Prepends a header as wide as the case's first row. */
async function convert(each: PapaCase): Promise<Outcome> {
  const names = (each.rows[0] ?? ['']).map((_, at) => `h${at}`);
  const bom = each.input.startsWith('\ufeff') ? '\ufeff' : '';
  const csv = `${bom}${names.join(each.delimiter)}${each.lineEnd}${each.input.slice(bom.length)}`;
  const columns = Object.fromEntries(names.map((name) => [name, 'text' as const]));
  const options = { ...lenient, columns, dialect: { delimiter: each.delimiter, quote: each.quote } };
  // Without quotes, the engines cannot differ.
  const converting = csv.includes(each.quote) ? corpus.compare(csv, { options }) : corpus.convert(csv, { options });
  const { manifest, rows } = await converting;
  const { rowsBlank, rowsRejected } = manifest.totals;
  return { written: rows as (string | null)[][], blank: rowsBlank, rejected: rowsRejected };
}

/**
 * Returns the result by Papa's rows. Here, text after the last line end is not a row, and a row without values is
 * blank.
 */
function wanted({ rows, input }: PapaCase): Outcome {
  const width = rows[0]?.length ?? 1;
  const ended = /[\r\n]$/.test(input) && rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '';
  const own = ended ? rows.slice(0, -1) : rows;
  const isEmptyLine = (row: readonly string[]) => row.length === 1 && row[0] === '';
  const fitting = own.filter((row) => row.length === width && !isEmptyLine(row));
  const filled = fitting.filter((row) => row.some((field) => field !== ''));
  return {
    written: filled.map((row) => row.map((field) => (field === '' ? null : field))),
    blank: own.filter(isEmptyLine).length + fitting.length - filled.length,
    rejected: own.filter((row) => row.length !== width && !isEmptyLine(row)).length,
  };
}

test('uses most of their cases', () => {
  expect(cases.length).toBe(210);
  expect(cases.length + left.length).toBe(232);
  const known = new Set(cases.map(({ key }) => key));
  expect(Object.keys(differing).filter((key) => !known.has(key))).toEqual([]);
});

test.each(cases.map((each) => [each.key, each] as const))('%s', (key, each) => {
  const outcome = outcomes.get(fileOf(each));
  const difference = differing[key];
  if (!difference) return expect(outcome).toEqual(wanted(each));
  expect(outcome).not.toEqual(wanted(each));
  const describeOutcome = (of: Outcome) => `${of.written.length} written, ${of.blank} blank, ${of.rejected} rejected`;
  expect(typeof outcome === 'object' ? describeOutcome(outcome) : outcome).toMatch(difference.becomes);
});

testWithPyarrow('pyarrow reads the same', async () => {
  await corpus.readAgain();
});
