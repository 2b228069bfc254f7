import { Kernel } from '@etl/image/wasm/kernel';
import { type FieldDialect, splitRow, textOf } from '@etl/pipeline/csv/splitRow';
import { randomFrom } from '../support/random';
import { thorough } from '../support/thorough';

/** Status bytes of assembly/fields.ts. */
const statuses = ['good', 'blank', 'tooFew', 'tooMany', 'misquoted', 'strayReturn'] as const;
type Row = readonly string[] | (typeof statuses)[number];

/** Returns the kernel's result for rows: their fields, or the reason why they are invalid. */
function byKernel(kernel: Kernel, bytes: Buffer, columns: number, dialect: FieldDialect): Row[] {
  const most = bytes.length + 1;
  kernel.reset();
  const input = kernel.allocate(bytes.length);
  const [fields, numbers, starts] = [
    kernel.allocate(most * columns * 8),
    kernel.allocate(most * 4),
    kernel.allocate(most * 4),
  ];
  const [status, unescaped, report] = [kernel.allocate(most), kernel.allocate(bytes.length), kernel.allocate(16)];
  kernel.write(input, bytes);
  kernel.fill(status, most, 0);
  const [delimiter, quote, lineEnd] = [dialect.delimiter, dialect.quote, dialect.lineEnd].map((c) =>
    c.charCodeAt(0),
  ) as [number, number, number];
  const end = input + bytes.length;
  kernel.run.readFields(
    input,
    end,
    delimiter,
    quote,
    lineEnd,
    columns,
    most,
    fields,
    numbers,
    starts,
    status,
    unescaped,
    report,
  );
  const rows: Row[] = Array.from(
    { length: kernel.word(report) },
    (_, row) => statuses[kernel.byte(status + row)] ?? 'good',
  );
  for (let good = 0; good < kernel.word(report + 4); good++) {
    rows[kernel.word(numbers + good * 4)] = Array.from({ length: columns }, (_, column) => {
      const field = fields + (good * columns + column) * 8;
      return kernel.text(kernel.word(field), kernel.word(field + 4));
    });
  }
  return rows;
}

/** Returns the same result by `splitRow`. */
function bySplitRow(bytes: Buffer, columns: number, dialect: FieldDialect): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { start, end, next, width, fields, trouble } = splitRow(bytes, at, dialect, columns);
    const texts = fields.map((field) => textOf(bytes, field, dialect.quote));
    at = next;
    if (start === end) rows.push('blank');
    else if (trouble) rows.push(trouble);
    else if (width !== columns) rows.push(width < columns ? 'tooFew' : 'tooMany');
    else rows.push(texts.every((text) => text === '') ? 'blank' : texts);
  }
  return rows;
}

test('splits header, sample and data alike', () => {
  const kernel = new Kernel();
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= (thorough ? 50_000 : 2500); seed++) {
    const { below, pick, chance } = randomFrom(seed);
    const quote = pick(['"', "'", '~']);
    const delimiter = pick([',', ';', '\t', '|', ' ']);
    const lineEnd = pick(['\n', '\n', '\r'] as const);
    const columns = 1 + below(4);
    const calm = chance(0.5) ? 70 : 4;
    const [d, q, l] = [delimiter, quote, lineEnd];
    const pieces = [
      d,
      d,
      q,
      q + q,
      d + q,
      q + d,
      q + l,
      l + q,
      l,
      '\r\n',
      '\r',
      'a',
      'ñ',
      'b'.repeat(below(calm)),
      q + l + q,
    ];
    const bytes = Buffer.from(Array.from({ length: below(chance(0.1) ? 400 : 40) }, () => pick(pieces)).join(''));
    const dialect = { delimiter, quote, lineEnd };
    const rows = byKernel(kernel, bytes, columns, dialect);
    const context = { seed, text: bytes.toString() };
    expect({ ...context, rows: bySplitRow(bytes, columns, dialect) }).toEqual({ ...context, rows });
    for (const row of rows) {
      const kind = typeof row === 'string' ? row : 'good';
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  }
  for (const kind of statuses) expect(seen.get(kind) ?? 0).toBeGreaterThan(100);
});
