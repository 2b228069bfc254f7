import { parse } from 'csv-parse/sync';
import { RowError, RowSplitter } from '../../etl-image/src/extractors/rowSplitter';

/** The rows of a text, pushed in pieces that end at these offsets. */
function split(text: string, cuts: readonly number[], dialect = { quote: '"', delimiter: ',' }): string[] {
  const splitter = new RowSplitter(dialect);
  const bytes = Buffer.from(text);
  const rows: string[] = [];
  const ends = [...cuts, bytes.length];
  for (const [index, end] of ends.entries()) {
    const piece = splitter.push(bytes.subarray(index === 0 ? 0 : ends[index - 1], end), index === ends.length - 1);
    let start = 0;
    for (const at of piece.ends) {
      rows.push(piece.bytes.subarray(start, at).toString());
      start = at;
    }
  }
  return rows;
}

/** Numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

test.each<[string, string, string[]]>([
  ['LF', 'a\nb\n', ['a\n', 'b\n']],
  ['CRLF', 'a\r\nb\r\n', ['a\r\n', 'b\r\n']],
  ['CR alone', 'a\rb\r', ['a\r', 'b\r']],
  ['no line end at the end', 'a\nb', ['a\n', 'b']],
  ['nothing', '', []],
  ['empty lines', '\n\na\n', ['\n', '\n', 'a\n']],
  ['a quoted line end', '"a\nb",c\nd\n', ['"a\nb",c\n', 'd\n']],
  ['doubled quotes', '"a""\n""b"\nc', ['"a""\n""b"\n', 'c']],
  ['a quote inside an unquoted field is none', 'a"b\nc"d\n', ['a"b\n', 'c"d\n']],
  ['an empty quoted field', '"",a\n"",b\n', ['"",a\n', '"",b\n']],
])('%s, cut anywhere', (_what, text, rows) => {
  for (let cut = 0; cut <= Buffer.byteLength(text); cut++) expect(split(text, [cut])).toEqual(rows);
});

test('random tables, cut at random, have the rows that csv-parse finds', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = generator(seed);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const lineEnd = pick(['\n', '\r\n']);
    const delimiter = pick([',', ';', '\t']);
    const field = (): string => {
      const text = Array.from({ length: Math.floor(random() * 4) }, () =>
        pick(['a', 'ñ', '"', '\n', delimiter, ' ', '\r\n']),
      ).join('');
      return /["\n\r]/.test(text) || text.includes(delimiter) || random() < 0.2
        ? `"${text.replaceAll('"', '""')}"`
        : text;
    };
    const lines = Array.from({ length: 1 + Math.floor(random() * 8) }, () => ['x', field(), field()].join(delimiter));
    const text = lines.join(lineEnd) + (random() < 0.5 ? lineEnd : '');
    const cuts = Array.from({ length: 3 }, () => Math.floor(random() * Buffer.byteLength(text))).sort((a, b) => a - b);
    const rows = split(text, cuts, { quote: '"', delimiter });
    expect(rows.join('')).toBe(text);
    const options = { delimiter, record_delimiter: ['\r\n', '\n'] };
    expect(rows.map((row) => (parse(row, options) as string[][])[0])).toEqual(parse(text, options));
  }
});

test('a quote that is not closed is an error, at once when the row grows too long', () => {
  expect(() => split('a\n"b\nc\n', [])).toThrow(RowError);
  const splitter = new RowSplitter({ quote: '"', delimiter: ',' });
  splitter.push(Buffer.from('a\n"'), false);
  const piece = Buffer.alloc(8 << 20, 'x');
  expect(() => {
    for (let n = 0; n < 9; n++) splitter.push(piece, false);
  }).toThrow(/longer than 64 MiB/);
});
