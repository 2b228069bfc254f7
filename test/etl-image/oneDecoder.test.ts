import type { Dialect } from '@etl/pipeline/options';
import { Corpus, lenient } from './corpora/support';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

const convert = (csv: Buffer, dialect: Dialect = {}) => corpus.compare(csv, { options: { ...lenient, dialect } });
const names = ({ manifest }: Awaited<ReturnType<typeof convert>>) => manifest.schema.map(({ name }) => name);
const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));

test('a doubled quote in the header and in the data is one quote, for any declared quote', async () => {
  const found = await convert(Buffer.from("'id','it''s'\n1,2\n"), { quote: "'" });
  expect(names(found)).toEqual(['id', "it's"]);
  const { rows } = await convert(Buffer.from("id,t\n1,'it''s, ok'\n2,'b'\n"), { quote: "'" });
  expect(rows).toEqual([
    [1n, "it's, ok"],
    [2n, 'b'],
  ]);
});

test.each<[string, Dialect]>([
  ['declared', { encoding: 'windows-1252' }],
  ['detected', {}],
])('decodes Windows-1252 characters in the header like in the data (%s)', async (_how, dialect) => {
  const found = await convert(Buffer.from('precio \x80,\x93a\xf1o\x94\n5 \x80,\x93x\x94\n', 'latin1'), dialect);
  expect(names(found)).toEqual(['precio_€', '“año”']);
  expect(found.rows).toEqual([['5 €', '“x”']]);
});

describe('a stray byte', () => {
  const head = 'id,ciudad\n1,Málaga\n2,Cádiz\n';

  test('in UTF-8 text rejects its row, with line and column', async () => {
    const found = await convert(bytes(head, '3,Le', 0xf3, 'n\n4,x\n'));
    expect(found.rows).toEqual([
      [1n, 'Málaga'],
      [2n, 'Cádiz'],
      [4n, 'x'],
    ]);
    const reject = { line: 4, row: 3, byteOffset: 29, column: 'ciudad', reason: 'bytes that are not UTF-8' };
    expect(found.rejects).toEqual([{ ...reject, raw: '3,Le\ufffdn' }]);
    expect(found.manifest.warnings.join()).toMatch(/1 of the first 4 rows have bytes that are not UTF-8.*row 3/);
  });

  test('fails the file above the default share of rejects', async () => {
    const csv = bytes(head, '3,Le', 0xf3, 'n\n4,x\n');
    await expect(corpus.compare(csv, { options: {} })).rejects.toThrow(
      /1 of the first 4 rows have bytes that are not UTF-8/,
    );
  });

  test('in the header fails the file', async () => {
    await expect(convert(bytes('id,ciudad,regi', 0xf3, 'n\n1,Málaga,x\n2,Cádiz,y\n'))).rejects.toThrow(
      /the first line has bytes that are not UTF-8/,
    );
  });

  test.each([
    // Long lines, so that the head has few.
    ['UTF-8', `ñandú${'á'.repeat(50)},1\n`],
    ['ASCII', `nandu${'a'.repeat(100)},1\n`],
  ])('after a head of %s rejects its row, and the warning names dialect.encoding', async (_what, line) => {
    const good = line.repeat(Math.ceil((300 * 1024) / Buffer.byteLength(line)));
    const found = await convert(bytes(`t,n\n${good}Le`, 0xf3, 'n,2\nok,3\n'));
    expect(found.rejects).toMatchObject([{ column: 't', reason: 'bytes that are not UTF-8' }]);
    expect(found.rows.at(-1)).toEqual(['ok', 3n]);
    expect(found.rows[0]).toEqual([line.split(',')[0], 1n]);
    expect(found.manifest.warnings).toEqual([
      'rows rejected for bytes that are not UTF-8: 1 (declare dialect.encoding if the file is Windows-1252)',
    ]);
  });

  test('among as many valid characters makes the file Windows-1252, with a warning', async () => {
    const found = await convert(bytes('id,t\n1,á\n2,', 0xe1, '\n'));
    expect(found.rows).toEqual([
      [1n, 'Ã¡'],
      [2n, 'á'],
    ]);
    expect(found.manifest.warnings).toEqual([
      expect.stringMatching(/the encoding is ambiguous.*declare dialect.encoding/),
    ]);
  });
});

test('a reject for a NUL byte has the column', async () => {
  const line = `${'filler'.repeat(20)},1\n`;
  const good = line.repeat(Math.ceil((300 * 1024) / line.length));
  const found = await convert(Buffer.from(`t,n\n${good}x,"2\0"\n`));
  expect(found.rejects).toMatchObject([{ column: 'n', reason: 'a NUL byte' }]);
});

test('text after a closing quote fails a header and rejects a row', async () => {
  await expect(convert(Buffer.from('"a"x,b\n1,2\n'))).rejects.toThrow(/the first line has text after a closing quote/);
});
