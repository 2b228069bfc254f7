import type { Options } from '@etl/pipeline/options';
import { randomFrom } from '../../support/random';
import { thorough } from '../../support/thorough';
import { compressions, encodings } from './encodings';
import { type GeneratedTable, generateTable, writeTable } from './generator';
import { cellOf, readingOf } from './oracle';
import { type Converted, Corpus, differences, lenient, testWithPyarrow } from './support';
import type { Exact } from './table';

/** The 40th table is long. */
const seeds = Array.from({ length: 60 }, (_, at) => at + 1).filter((seed) => thorough || seed <= 18 || seed === 40);

/** Chunk sizes, with numbers of rows for a handful of parts: each part takes time. */
const sizes = [
  { chunkRows: 1, rows: 4 },
  { chunkRows: 2, rows: 8 },
  { chunkRows: 7, rows: 30 },
  { chunkRows: 100, rows: 280 },
  { chunkRows: 500_000, rows: 300 },
] as const;
/** More rows than the sample: types may change after it, and in a later chunk. */
const long = { chunkRows: 1000, rows: 2200 };

interface File extends GeneratedTable {
  readonly csv: Buffer;
  readonly request: { readonly options: Options; readonly chunkRows: number };
  /** Byte offset in the decoded file and line of each row. */
  readonly places: readonly { readonly byteOffset: number; readonly line: number }[];
}

function generate(seed: number): File {
  const random = randomFrom(seed);
  const size = seed % 40 === 0 ? long : (sizes[seed % sizes.length] ?? long);
  const encoding = random.chance(0.4) ? encodings[0] : random.pick(encodings);
  const compression = random.pick(compressions);
  if (!encoding) throw new Error('no encoding');
  const charset = { latin: encoding.declared === 'windows-1252', badBytes: encoding.declared === 'utf-8' };
  const rowCount = size === long ? size.rows : random.below(size.rows + 1);
  const table = generateTable(random, rowCount, charset);
  const { bytes, starts } = writeTable(random, table);
  // A file with bad bytes counts as UTF-8 only if that is declared.
  const bad = table.rows.some(({ truth }) => truth.kind === 'rejected' && truth.reason.includes('UTF-8'));
  const declared = (bad && !encoding.bom) || random.chance(0.3) ? { encoding: encoding.declared } : {};
  const options = { ...lenient, dialect: { ...table.options.dialect, ...declared } };
  // Offsets include the byte order mark only in an uncompressed UTF-8 file.
  const shift = encoding.bom && encoding.declared === 'utf-8' && compression.label === 'plain' ? 3 : 0;
  const ending = table.dialect.lineEnd.charCodeAt(table.dialect.lineEnd.length - 1);
  const places: { byteOffset: number; line: number }[] = [];
  let [counted, line] = [0, 1];
  for (const start of starts) {
    line += bytes.subarray(counted, start).filter((byte) => byte === ending).length;
    counted = start;
    places.push({ byteOffset: start + shift, line });
  }
  const csv = compression.compress(encoding.encode(bytes), random);
  return { ...table, csv, request: { options, chunkRows: size.chunkRows }, places };
}

/** Returns the expected cells: undefined for a coerced date, and undefined instead of a row that is not good. */
function check(file: File, cells: readonly (readonly (Exact | undefined)[] | undefined)[], converted: Converted): void {
  const { rows, columns, places, request } = file;
  const { manifest, tables, rejects } = converted;
  const written = cells.map((row) =>
    row?.some((cell) => cell !== null) ? row.map((cell) => cell ?? null) : undefined,
  );
  const chunks = Array.from({ length: Math.ceil(rows.length / request.chunkRows) }, (_, chunk) => ({
    file: `part-${String(chunk + 1).padStart(5, '0')}.parquet`,
    rows: written
      .slice(chunk * request.chunkRows, (chunk + 1) * request.chunkRows)
      .flatMap((row) => (row ? [row] : [])),
  })).filter(({ rows }) => rows.length > 0);
  expect(manifest.parts.map(({ file, rows }) => [file, rows])).toEqual(
    chunks.map(({ file, rows }) => [file, rows.length]),
  );
  for (const [at, chunk] of chunks.entries()) expect(differences(chunk.rows, tables[at]?.rows ?? [])).toEqual([]);
  const rejected = rows.flatMap(({ truth, bytes }, at) =>
    truth.kind === 'rejected'
      ? [{ ...places[at], row: at + 1, column: truth.column, reason: truth.reason, raw: String(bytes) }]
      : [],
  );
  expect(rejects).toEqual(rejected);
  const rowsWritten = written.filter((row) => row !== undefined).length;
  expect(manifest.totals).toEqual({
    rowsRead: rows.length,
    rowsWritten,
    rowsRejected: rejected.length,
    rowsBlank: rows.length - rowsWritten - rejected.length,
    datesCoerced: cells.flatMap((row) => row ?? []).filter((cell) => cell === undefined).length,
  });
  expect(manifest.schema.map(({ name, sourceName }) => [name, sourceName])).toEqual(
    columns.map(({ name, header }) => [name, header]),
  );
}

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

test.each(seeds)('the table of seed %i', async (seed) => {
  const file = generate(seed);
  const { csv, request, rows, columns, options } = file;
  const texts = rows.map(({ truth }) => (truth.kind === 'good' ? truth.texts : undefined));
  const declared = Object.fromEntries(columns.map(({ name }) => [name, 'text' as const]));
  // By turns: again with three threads, again with one, and with the other engine.
  const turn = seed % 3;
  const [asText, inferred, again] = await Promise.all([
    corpus.convert(csv, {
      ...request,
      options: { ...request.options, columns: declared },
      threads: seed % 6 === 1 ? 3 : 1,
    }),
    turn === 2 ? corpus.compare(csv, request) : corpus.convert(csv, request),
    turn === 2 ? undefined : corpus.convert(csv, { ...request, threads: turn === 0 ? 3 : 1 }),
  ]);

  check(
    file,
    texts.map((row) => row?.map((text) => (text === '' ? null : text))),
    asText,
  );

  const good = texts.flatMap((row) => (row ? [row] : []));
  const readings = columns.map(({ name }, at) =>
    readingOf(
      name,
      good.map((row) => row[at] ?? ''),
      file.dialect.delimiter,
      options,
    ),
  );
  const types = inferred.manifest.schema.map(({ type }, at) => `${columns[at]?.kind.label}: ${type}`);
  expect(types).toEqual(readings.map(({ type }, at) => `${columns[at]?.kind.label}: ${type}`));
  const typed = texts.map((row) =>
    row?.map((text, at) => cellOf(text, readings[at] ?? { type: 'text', decimal: '.', order: 'dmy' })),
  );
  check(file, typed, inferred);
  if (again) {
    expect(again.manifest.parts.map(({ sha256 }) => sha256)).toEqual(
      inferred.manifest.parts.map(({ sha256 }) => sha256),
    );
  }
});

test('the portable engine fails on few of them', () => {
  expect(corpus.refusals.length).toBeLessThan(seeds.length / 3);
});

testWithPyarrow('pyarrow reads the same', async () => {
  await corpus.readAgain();
});
