import { gzipSync } from 'node:zlib';
import { headBytes } from '@etl/pipeline/csv/inspectHead';
import type { Options } from '@etl/pipeline/options';
import { Corpus, lenient } from './corpora/support';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

/** Converts with both engines. @default the default limits for rejects */
async function convert(csv: string | Buffer, options: Options = {}, chunkRows = 500_000) {
  const { manifest, rows, rejects } = await corpus.compare(csv, { options, chunkRows });
  const schema = manifest.schema.map(({ name, type }) => `${name} ${type}`);
  return { schema, rows, rejects, totals: manifest.totals, warnings: manifest.warnings, rejected: manifest.rejected };
}

const repeated = (rows: number): string =>
  `rows that repeat the header: ${rows} (rejected; they do not count toward the allowed rejects)`;

describe('a repeated header is rejected with its own reason and is not evidence of types', () => {
  const typed = {
    schema: ['id integer', 'amount double'],
    rejected: { 'repeated header': 1 },
    warnings: [repeated(1)],
  };

  test.each<[string, string]>([
    ['unchanged', 'id,amount'],
    ['with a byte order mark', '\ufeffid,amount'],
    ['with a byte order mark and quotes', '\ufeff"id",amount'],
    ['in quotes', '"id","amount"'],
    ['in capitals', 'ID,AMOUNT'],
    ['surrounded by spaces', ' id , amount '],
  ])('%s', async (_how, header) => {
    const found = await convert(`id,amount\n1,2.5\n2,3.5\n${header}\n3,1.5\n`);
    expect(found).toMatchObject({ ...typed, totals: { rowsRead: 4, rowsWritten: 3, rowsRejected: 1, rowsBlank: 0 } });
    expect(found.rejects).toEqual([
      { line: 4, row: 3, byteOffset: 22, column: null, reason: 'repeated header', raw: header },
    ]);
    expect(found.rows.map(([id]) => id)).toEqual([1n, 2n, 3n]);
  });

  test('repeated several times, in any chunk, also after the sample', async () => {
    // Longer than the sample, with few rows.
    const note = 'x'.repeat(100);
    const file = (from: number) =>
      `id,amount,note\n${Array.from({ length: 1000 }, (_, n) => `${from + n},${n}.25,${note}\n`).join('')}`;
    const csv = [0, 1000, 2000, 3000].map(file).join('');
    expect(csv.length).toBeGreaterThan(1.5 * headBytes);
    for (const chunkRows of [250, 1001]) {
      const found = await convert(csv, {}, chunkRows);
      expect(found).toMatchObject({
        ...{ rejected: { 'repeated header': 3 }, warnings: [repeated(3)] },
        ...{ schema: [...typed.schema, 'note text'] },
        totals: { rowsRead: 4003, rowsWritten: 4000, rowsRejected: 3 },
      });
    }
    expect((await convert(gzipSync(csv))).totals.rowsRejected).toBe(3);
  });

  test('in a declared column is not a contradiction of the type', async () => {
    const found = await convert('id,amount\n1,2.5\nid,amount\n2,1.5\n', {
      columns: { id: 'integer', amount: 'double' },
    });
    expect(found).toMatchObject(typed);
  });

  test('in a file of one column', async () => {
    const found = await convert('id\n1\n2\nid\n3\n');
    expect(found).toMatchObject({ schema: ['id integer'], rejected: { 'repeated header': 1 } });
  });

  test.each(['\u00a0id', '"""id"""', '"\tid"', '"i\nd"', 'Ñandú', '"a,b"'])('with the name %j', async (name) => {
    const found = await convert(`${name},amount\n1,2.5\n${name},amount\n2,1.5\n`);
    expect(found).toMatchObject({ rejected: { 'repeated header': 1 }, totals: { rowsWritten: 2 } });
  });

  test('with empty and repeated names', async () => {
    const found = await convert(',x,x\n1,2,3\n,x,x\n4,5,6\n');
    expect(found).toMatchObject({
      schema: ['column_1 integer', 'x integer', 'x_2 integer'],
      totals: { rowsRejected: 1 },
    });
  });

  test('does not count toward a limit of zero rejects', async () => {
    const found = await convert('id,amount\n1,2.5\nid,amount\n2,1.5\n', { rejects: { maxRows: 0, maxShare: 0 } });
    expect(found).toMatchObject(typed);
  });

  test.each<[string, string]>([
    ['some of its names', 'id,amount\n1,2\nid,3\n'],
    ['its names in another order', 'id,amount\n1,2\namount,id\n'],
    ['short names in another case', 'A,B\n1,2\na,b\n'],
    ['prefixes of its names', 'id,amount\n1,2\nidx,amounts\n'],
  ])('a row with %s is data', async (_what, csv) => {
    expect((await convert(csv)).totals).toMatchObject({ rowsRead: 2, rowsWritten: 2 });
  });
});

describe("Excel's separator hint sets the delimiter, and is neither header nor row", () => {
  const found = { schema: ['id integer', 'name text'], totals: { rowsRead: 2, rowsWritten: 2 }, warnings: [] };

  test.each<[string, string | Buffer]>([
    ['a semicolon', 'sep=;\nid;name\n1;x\n2;y\n'],
    ['a comma', 'sep=,\nid,name\n1,x\n2,y\n'],
    ['a tab', 'sep=\t\nid\tname\n1\tx\n2\ty\n'],
    ['a bar', 'sep=|\nid|name\n1|x\n2|y\n'],
    ['a delimiter that detection would not find', 'sep=^\nid^name\n1^x\n2^y\n'],
    ['with another plausible delimiter', 'sep=;\nid;name\n1;a,b\n2;c,d\n'],
    ['CRLF', 'sep=;\r\nid;name\r\n1;x\r\n2;y\r\n'],
    ['CR', 'sep=;\rid;name\r1;x\r2;y\r'],
    ['a byte order mark', '\ufeffsep=;\nid;name\n1;x\n2;y\n'],
    ['quotes', '"sep=;"\nid;name\n1;x\n2;y\n'],
    ['capitals', 'SEP=;\nid;name\n1;x\n2;y\n'],
    ['delimiters after the line', 'sep=;;;\nid;name\n1;x\n2;y\n'],
    ['empty lines around the line', '\n\nsep=;\n\nid;name\n1;x\n2;y\n'],
    ['UTF-16', Buffer.from('\ufeffsep=;\r\nid;name\r\n1;x\r\n2;y\r\n', 'utf16le')],
    ['gzip', gzipSync('sep=;\nid;name\n1;x\n2;y\n')],
  ])('%s', async (_what, csv) => {
    expect(await convert(csv)).toMatchObject(found);
  });

  test('line numbers include it', async () => {
    const { rejects } = await convert('sep=;\nid;name\n1;x\n2\n', lenient);
    expect(rejects).toMatchObject([{ line: 4, row: 2, byteOffset: 18 }]);
  });

  test('a declared delimiter takes precedence, with a warning', async () => {
    const { warnings, schema } = await convert('sep=;\nid,name\n1,x\n', { dialect: { delimiter: ',' } });
    expect(schema).toEqual(found.schema);
    expect(warnings).toEqual([expect.stringMatching(/sep=;.*dialect\.delimiter is ","/)]);
  });

  test.each([2, 3])('concatenated files with hints, of %i columns', async (columns) => {
    const more = columns === 3 ? [';z', ';0'] : ['', ''];
    const file = `\ufeffsep=;\r\nid;name${more[0]}\r\n1;x${more[1]}\r\n2;y${more[1]}\r\n`;
    const { schema, totals, rejected } = await convert(file.repeat(3));
    expect(schema.slice(0, 2)).toEqual(found.schema);
    expect(totals).toMatchObject({ rowsRead: 10, rowsWritten: 6, rowsRejected: 4 });
    expect(rejected).toEqual({ 'repeated header': 4 });
  });
});

describe('a delimiter with two readings', () => {
  test.each<[string, string, Options, RegExp | undefined]>([
    [
      'a header with two plausible delimiters',
      'a;b,c\n1;2,3\n4;5,6\n',
      {},
      /"," is used, but it may be ";" .*declare dialect\.delimiter/,
    ],
    ['three plausible delimiters', 'a;b,c|d\n1;2,3|4\n', {}, /"," is used, but it may be ";" or "\|"/],
    ['declared', 'a;b,c\n1;2,3\n4;5,6\n', { dialect: { delimiter: ';' } }, undefined],
    ['one that fits better', 'a;b,c\n1;2\n4;5,6\n', {}, undefined],
    ['one inside quotes', 'a;b\n1;"2,3"\n', {}, undefined],
  ])('%s', async (_what, csv, options, warning) => {
    const { warnings } = await convert(csv, { ...lenient, ...options });
    expect(warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
  });
});
