import { inParallel } from '../../support/parallel';
import { type PapaCase, papaCases } from './papaCases';
import { Corpus, lenient, testWithPyarrow } from './support';

const { cases, left } = papaCases();

const misquoted = 'text behind a closing quote rejects the row, where Papa guesses on';
const spaced = 'spaces there do so, too, which Papa passes over';
/** Where our rules differ from Papa's: why, and what becomes of the rows. A case that does as Papa has to leave the list. */
const differing: Readonly<Record<string, { readonly why: string; readonly becomes: RegExp }>> = {
  'CORE_PARSER_TESTS: Quoted field has no closing quote': {
    why: 'nobody can say how much of the file is one field: it is refused',
    becomes: /a quote is opened/,
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

/** What becomes of a case's rows: those of the header's width, and how many others. */
interface Outcome {
  readonly written: readonly (readonly (string | null)[])[];
  readonly blank: number;
  readonly rejected: number;
}

let corpus: Corpus;
const outcomes = new Map<string, Outcome | string>();
beforeAll(async () => {
  corpus = await Corpus.create();
  // Many differ in what is done with the fields only: their files are converted once.
  const files = new Map(cases.map((each) => [fileOf(each), each]));
  await inParallel([...files], async ([file, each]) => {
    outcomes.set(file, await convert(each).catch((error: Error) => error.message));
  });
});
afterAll(() => corpus.remove());

/** Equal for cases whose files are. */
function fileOf({ input, delimiter, quote, lineEnd, rows }: PapaCase): string {
  return JSON.stringify([input, delimiter, quote, lineEnd, rows[0]?.length]);
}

/** Our first row is the header: one as wide as the case's first row is put in front. */
async function convert(each: PapaCase): Promise<Outcome> {
  const names = (each.rows[0] ?? ['']).map((_, at) => `h${at}`);
  const bom = each.input.startsWith('\ufeff') ? '\ufeff' : '';
  const csv = `${bom}${names.join(each.delimiter)}${each.lineEnd}${each.input.slice(bom.length)}`;
  const columns = Object.fromEntries(names.map((name) => [name, 'text' as const]));
  const options = { ...lenient, columns, dialect: { delimiter: each.delimiter, quote: each.quote } };
  // Where there is no quote, the other engine has nothing to understand in another way.
  const converting = csv.includes(each.quote) ? corpus.compare(csv, { options }) : corpus.convert(csv, { options });
  const { manifest, rows } = await converting;
  const { rowsBlank, rowsRejected } = manifest.totals;
  return { written: rows as (string | null)[][], blank: rowsBlank, rejected: rowsRejected };
}

/** The same by Papa's rows: what is behind the last line end is no row here, and a row without a value is blank. */
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

test('most of their cases are used', () => {
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
  const told = (of: Outcome) => `${of.written.length} written, ${of.blank} blank, ${of.rejected} rejected`;
  expect(typeof outcome === 'object' ? told(outcome) : outcome).toMatch(difference.becomes);
});

testWithPyarrow('pyarrow reads the same', async () => {
  await corpus.readAgain();
});
