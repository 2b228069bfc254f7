import { readFileSync } from 'node:fs';
import { thorough } from '../../support/thorough';
import { rowsOf, wrongCells } from './csvParse';
import { type Converted, Corpus, lenient, testWithPyarrow } from './support';
import { readZip } from './zip';

const jar = process.env.ETL_TEST_COMMONS_CSV;
const folder = 'org/apache/commons/csv/';
const files = jar ? readZip(readFileSync(jar)).filter(({ name }) => /[.][ct]sv$/.test(name)) : [];

/** Options for files that their own tests read with an explicit format. */
const dialects: Readonly<Record<string, { readonly delimiter: string }>> = {
  'CSV-141/csv-141.csv': { delimiter: ',' },
  'CSV-198/optd_por_public.csv': { delimiter: '^' },
};

/** Results of files with other rules: backslashes, comments and spaces around quotes. */
const failing: Readonly<Record<string, RegExp>> = { 'CSV-141/csv-141.csv': /the quote opened .* is never closed/ };
const rejected: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'CSVFileParser/test.csv': { 'too few fields': 7, 'text after a closing quote': 1 },
  'CSVFileParser/testCSV246.csv': { 'too few fields': 4 },
  'CSVFileParser/testCSV85.csv': { 'too many fields': 3 },
  'csv-167/sample1.csv': { 'too many fields': 4 },
};

/** One file is large: its first rows, of fifty columns, suffice. */
const mostLines = thorough ? 2500 : 600;

(jar ? describe : describe.skip)("the files of Apache Commons CSV's tests", () => {
  let corpus: Corpus;
  beforeAll(async () => {
    corpus = await Corpus.create();
  });
  afterAll(() => corpus.remove());

  test('the number of files has not changed', () => expect(files).toHaveLength(13));

  test.each(files.map((file) => [file.name.slice(folder.length), file] as const))('%s', async (name, file) => {
    const csv = firstLines(file.read());
    const dialect = dialects[name];
    const converting = corpus.compare(csv, { options: { ...lenient, ...(dialect && { dialect }) } });
    if (failing[name]) return expect(converting).rejects.toThrow(failing[name]);
    const converted = await converting;
    expect(converted.manifest.rejected).toEqual(rejected[name]);
    const delimiter = dialect?.delimiter ?? delimiterOf(converted, csv);
    const { rows } = rowsOf(csv, { delimiter, quote: '"' });
    expect(rows).toHaveLength(converted.manifest.totals.rowsRead);
    // csv-parse is lenient and returns fields of rows that are rejected here.
    const out = new Set(converted.rejects.map(({ row }) => row));
    const kept = rows.filter((row, at) => !out.has(at + 1) && row.some((field) => field !== ''));
    expect(wrongCells(kept, converted, delimiter)).toEqual([]);
  });

  testWithPyarrow('pyarrow reads the same', async () => {
    await corpus.readAgain();
  });
});

/** Returns the detected delimiter: the one that splits the header into the right number of columns. */
function delimiterOf({ manifest }: Converted, csv: Buffer): string {
  const width = manifest.schema.length;
  return [',', ';', '\t'].find((each) => rowsOf(csv, { delimiter: each, quote: '"' }).header.length === width) ?? ',';
}

function firstLines(csv: Buffer): Buffer {
  let end = 0;
  for (let lines = 0; lines < mostLines; lines++) {
    const next = csv.indexOf('\n', end);
    if (next < 0) return csv;
    end = next + 1;
  }
  return csv.subarray(0, end);
}
