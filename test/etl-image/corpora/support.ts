import type { Manifest } from '@etl/pipeline/manifest';
import { type ConversionRequest, Converter, type Delivered } from '../../support/convert';
import { readWithPyarrow, rowText } from '../../support/pyarrow';
import { thorough } from '../../support/thorough';
import { type Exact, exactly, readTable, sameCell, type Table } from './table';

/** A line of rejects-….jsonl. */
export interface Reject {
  readonly line: number;
  readonly row: number;
  readonly byteOffset: number;
  readonly column: string | null;
  readonly reason: string;
  readonly raw: string;
}

/** A conversion with all its files. Rows are arrays, because an object cannot hold a column `__proto__`. */
export interface Converted extends Delivered {
  readonly tables: readonly Table[];
  readonly rows: readonly (readonly Exact[])[];
  readonly rejects: readonly Reject[];
  readonly coercions: readonly unknown[];
}

/** pyarrow returns cells as texts, so parts of a hundred thousand rows would take long. */
const mostRowsAgain = thorough ? 30_000 : 3_000;

/** Converts the files of one corpus with both engines, and keeps their parts for a second reader. */
export class Corpus {
  /** Errors of the portable engine for values that it does not support. */
  readonly refusals: string[] = [];
  private readonly read: { readonly path: string; readonly table: Table }[] = [];

  private constructor(private readonly converter: Converter) {}

  static async create(): Promise<Corpus> {
    return new Corpus(await Converter.create());
  }

  remove(): Promise<void> {
    return this.converter.remove();
  }

  /** Converts with one engine. Checks that every row is accounted for and that all parts have one schema. */
  async convert(csv: Buffer | string, request: ConversionRequest = {}): Promise<Converted> {
    const delivered = await this.converter.deliver(csv, request);
    const { manifest, parts, recorded } = delivered;
    const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = manifest.totals;
    expect(rowsWritten + rowsBlank + rowsRejected).toBe(rowsRead);
    const tables = await Promise.all(parts.map(readTable));
    const rows = tables.flatMap((table) => table.rows);
    expect(rows.length).toBe(rowsWritten);
    expect(new Set(tables.map(({ schema }) => JSON.stringify(schema))).size).toBe(Math.min(parts.length, 1));
    for (const { names } of tables) expect(names).toEqual(manifest.schema.map(({ name }) => name));
    expect(lengths(manifest)).toEqual(greatestLengths(manifest, rows));
    const read = parts.map((path, at) => ({ path, table: tables[at] as Table }));
    this.read.push(...read.filter(({ table }) => table.rows.length <= mostRowsAgain));
    const [rejects, coercions] = await Promise.all([
      readLines<Reject>(recorded, manifest.rejects),
      readLines<unknown>(recorded, manifest.coercions),
    ]);
    expect(rejects.length).toBe(rowsRejected);
    expect(coercions.length).toBe(manifest.totals.datesCoerced);
    return { ...delivered, tables, rows, rejects, coercions };
  }

  /**
   * Converts with both engines, which must agree in everything except the bytes, including errors. Returns (or throws)
   * the result of the kernel.
   */
  async compare(csv: Buffer | string, request: ConversionRequest = {}): Promise<Converted> {
    const [kernel, portable] = await Promise.all(
      (['kernel', 'portable'] as const).map((engine) => this.outcome(csv, { ...request, engine })),
    );
    if (portable instanceof Error && /the portable engine cannot hold/.test(portable.message)) {
      this.refusals.push(portable.message);
    } else if (kernel instanceof Error || portable instanceof Error) {
      expect(describeOutcome(portable)).toEqual(describeOutcome(kernel));
    } else if (kernel && portable) {
      expect(facts(portable)).toEqual(facts(kernel));
      expect(differences(kernel.rows, portable.rows)).toEqual([]);
    }
    if (!kernel || kernel instanceof Error) throw kernel;
    return kernel;
  }

  /** Compares names and cells of all parts so far, except the largest, with pyarrow. Returns their number. */
  async readAgain(): Promise<number> {
    const again = await readWithPyarrow(this.read.map(({ path }) => path));
    for (const [at, { path, table }] of this.read.entries()) {
      const { names, rows = [] } = again[at] ?? {};
      expect({ path, names, rows: rows.length }).toEqual({ path, names: table.names, rows: table.rows.length });
      const differing = table.rows.flatMap((row, number) => {
        const [mine, other] = [rowText(row), rows[number]];
        return mine === other ? [] : [`${path}, row ${number}: ${mine}, ${other}`];
      });
      expect(differing.slice(0, 5)).toEqual([]);
    }
    return this.read.length;
  }

  private outcome(csv: Buffer | string, request: ConversionRequest): Promise<Converted | Error> {
    return this.convert(csv, request).catch((error: Error) => {
      if ('matcherResult' in error) throw error; // a failed assertion is not a result
      return error;
    });
  }
}

/** Skips tests that need pyarrow if it is not installed. */
export const testWithPyarrow = process.env.ETL_TEST_PYTHON ? test : test.skip;

/** Options without limits for rejects and rows. */
export const lenient = { rejects: { maxShare: 1 }, quality: { rowCount: { min: 0 } } } as const;

/** Returns the first few cells that differ, for a message. */
export function differences(
  expected: readonly (readonly Exact[])[],
  actual: readonly (readonly Exact[])[],
  most = 5,
): string[] {
  const found = expected.length === actual.length ? [] : [`${actual.length} rows, expected ${expected.length}`];
  for (const [at, row] of expected.entries()) {
    const other = actual[at] ?? [];
    if (row.length !== other.length) found.push(`row ${at}: ${other.length} cells, expected ${row.length}`);
    for (const [column, cell] of row.entries()) {
      if (sameCell(cell, other[column])) continue;
      found.push(`row ${at}, column ${column}: ${exactly(other[column])}, expected ${exactly(cell)}`);
    }
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}

/** Returns the results in which two engines must agree, besides the rows. */
function facts({ manifest, parts, tables, rejects, coercions }: Converted) {
  const { totals, schema, rejected, coerced, warnings, chunks } = manifest;
  const rows = tables.map((table) => table.rows.length);
  return { totals, schema, rejected, coerced, warnings, chunks, parts: parts.length, rows, rejects, coercions };
}

/** Returns the recorded lengths of the text columns. */
function lengths({ schema }: Manifest) {
  return schema.flatMap(({ name, type, maxBytes }) => (type === 'text' ? [[name, maxBytes]] : []));
}

/** Returns the same from the cells of the parts. */
function greatestLengths({ schema }: Manifest, rows: readonly (readonly Exact[])[]) {
  const greatest = (column: number) =>
    rows.reduce((most, row) => {
      const text = String(row[column] ?? '');
      // A character has at most three bytes per unit of UTF-16.
      return text.length * 3 <= most ? most : Math.max(most, Buffer.byteLength(text));
    }, 0);
  return schema.flatMap(({ name, type }, at) => (type === 'text' ? [[name, greatest(at)]] : []));
}

/** Returns an error without the name of the file, which varies. */
function describeOutcome(outcome: Converted | Error | undefined): string {
  if (!(outcome instanceof Error)) return 'converted';
  return `${outcome.name}: ${outcome.message.replace(/s3:\S*[.]csv/g, 'FILE')}`;
}

async function readLines<Line>(recorded: Delivered['recorded'], files: readonly string[] = []): Promise<Line[]> {
  const texts = await Promise.all(files.map(recorded));
  return texts.flatMap((text) => text.split('\n').filter(Boolean)).map((line) => JSON.parse(line) as Line);
}
