import { type DuckDBConnection, DuckDBInstance, type JS } from '@duckdb/node-api';
import type { Column } from '@etl/pipeline/csv/columnNames';
import { BadDataError } from '../config/failures';
import type { EngineLimits } from '../config/resources';
import type { Chunk } from '../extractors/chunks';
import { addEvidence, type Evidence, type EvidenceKey, noEvidence } from './evidence';
import type { ColumnPlan } from './schema';
import { contradictsSql, evidenceSql, fractionSql, sqlName, sqlString, valueSql } from './sql';

/** A row the chunk's file has and the part will not. */
export interface RawReject {
  /** Row in the chunk's file, 1 for the first. */
  readonly row: number;
  /** Offset in the chunk's file; unknown for a row that was read, and then had a value of the wrong type. */
  readonly byte: number | undefined;
  readonly column: string | null;
  readonly reason: string;
  readonly raw: string;
}

/** Dates that did not parse and became null. */
export interface Coerced {
  readonly column: string;
  readonly count: number;
  /** The most frequent of them. */
  readonly examples: readonly string[];
}

const coercedExamples = 5;

export interface PartFile {
  readonly rowsWritten: number;
  readonly rowsBlank: number;
  readonly rejects: readonly RawReject[];
  readonly coerced: readonly Coerced[];
}

type Row = Record<string, JS>;

/** What is known of a column before a chunk is looked at. */
export interface Known {
  readonly declared: boolean;
  readonly evidence: Evidence;
}

const fewRows = 2048;
const columnsAQuery = 20;

const reasons: Readonly<Record<string, string>> = {
  'MISSING COLUMNS': 'too few fields',
  'TOO MANY COLUMNS': 'too many fields',
  'UNQUOTED VALUE': 'a quote that does not close its field',
  'LINE SIZE OVER MAXIMUM': 'longer than a row may be',
  'INVALID ENCODING': 'bytes that are no UTF-8',
};

/** DuckDB, in memory, on one chunk at a time: `load` it, look at its `evidence`, `writePart` it. */
export class Engine {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly columns: readonly Column[],
    private readonly dialect: { delimiter: string; quote: string },
  ) {}

  /** Rows of the loaded chunk's file that are not in the table. */
  private aside: number[] = [];

  static async open(
    columns: readonly Column[],
    dialect: { delimiter: string; quote: string },
    limits: EngineLimits,
    scratch: string,
  ): Promise<Engine> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(limits.threads),
      memory_limit: `${limits.memoryMiB}MiB`,
      temp_directory: scratch,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return new Engine(instance, await instance.connect(), columns, dialect);
  }

  /** Ends what is running: it fails with an interruption. */
  interrupt(): void {
    this.connection.interrupt();
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** Reads the chunk as text, every value as it stands; the empty field is null. Rows of a wrong shape go aside. */
  async load(chunk: Chunk): Promise<RawReject[]> {
    const { delimiter, quote } = this.dialect;
    const types = this.columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
    const longest = chunk.longestRowBytes > 1_900_000 ? `, max_line_size = ${chunk.longestRowBytes + 16}` : '';
    this.aside = [];
    await this.connection.run(
      'DROP TABLE IF EXISTS raw; DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans',
    );
    if (chunk.bytes === 0) {
      const empty = this.columns.map((_, index) => `c${index} VARCHAR`).join(', ');
      await this.connection.run(`CREATE TEMP TABLE raw (${empty})`);
      return [];
    }
    const sql = `CREATE TEMP TABLE raw AS FROM read_csv(${sqlString(chunk.path)}, auto_detect = false, header = false,
        columns = {${types}}, delim = ${sqlString(delimiter)}, quote = ${sqlString(quote)}, escape = ${sqlString(quote)},
        nullstr = '', allow_quoted_nulls = true, new_line = ${chunk.lineEnd === '\r' ? "'\\r'" : "'\\n'"},
        strict_mode = true, store_rejects = true${longest})`;
    try {
      await this.connection.run(sql);
    } catch (error) {
      if (!/invalid state/.test((error as Error).message)) throw error;
      throw new BadDataError(`chunk ${chunk.number}: a carriage return stands inside a row, outside of quotes`, {
        cause: error,
      });
    }
    const rows = await this.rows(
      `SELECT line, min(line_byte_position) AS byte, first(column_name ORDER BY column_idx) AS field,
        first(error_type::VARCHAR ORDER BY column_idx) AS type, first(csv_line) AS raw FROM reject_errors GROUP BY line ORDER BY line`,
    );
    this.aside = rows.map((row) => Number(row.line));
    return rows.map((row) => ({
      row: Number(row.line),
      byte: row.byte === null ? undefined : Number(row.byte) - 1,
      column: this.columns[Number(String(row.field).slice(1))]?.name ?? null,
      reason: reasons[String(row.type)] ?? String(row.type).toLowerCase(),
      raw: String(row.raw ?? ''),
    }));
  }

  /** What the loaded chunk says about each column. `known` tells what need not be counted any more. */
  async evidence(known: readonly Known[]): Promise<Evidence[]> {
    // A few rows settle most questions, and what they settle is not asked of all the others.
    const few = await this.count(known, `rowid < ${fewRows}`);
    const settled = known.map((each, index) => ({
      declared: each.declared,
      evidence: addEvidence(each.evidence, few[index] ?? noEvidence),
    }));
    const rest = await this.count(settled, `rowid >= ${fewRows}`);
    return few.map((evidence, index) => addEvidence(evidence, rest[index] ?? noEvidence));
  }

  private async count(known: readonly Known[], where: string): Promise<Evidence[]> {
    const of = (index: number): Known => known[index] ?? { declared: false, evidence: noEvidence };
    const plain = await this.query(where, (raw, { name }, index) => {
      const { declared, evidence } = of(index);
      return evidenceSql(raw, { name, declared }, evidence);
    });
    const fractions = await this.query(where, (raw, _column, index) => {
      const { values = 0, integers = 0 } = plain[index] ?? {};
      return integers === values ? {} : fractionSql(raw, of(index).evidence);
    });
    return plain.map((counts, index) => ({ ...noEvidence, ...counts, ...fractions[index] }));
  }

  /** Counts of all columns, some columns a query: planning one for thousands of them takes memory without bound. */
  private async query(
    where: string,
    countsOf: (raw: string, column: Column, index: number) => Partial<Record<EvidenceKey, string>>,
  ): Promise<Partial<Evidence>[]> {
    const found: Partial<Evidence>[] = [];
    for (let first = 0; first < this.columns.length; first += columnsAQuery) {
      const wanted = this.columns
        .slice(first, first + columnsAQuery)
        .map((column, offset) => countsOf(`c${first + offset}`, column, first + offset));
      const sql = wanted.flatMap((counts, index) =>
        Object.entries(counts).map(([key, count]) => `${count} AS "${index}:${key}"`),
      );
      const [row = {}] = sql.length === 0 ? [] : await this.rows(`SELECT ${sql.join(', ')} FROM raw WHERE ${where}`);
      found.push(
        ...wanted.map((counts, index) =>
          Object.fromEntries(Object.keys(counts).map((key) => [key, Number(row[`${index}:${key}`])])),
        ),
      );
    }
    return found;
  }

  /** Writes the loaded chunk as Parquet, unless no row is left; `target` is a local path. */
  async writePart(plans: readonly ColumnPlan[], target: string): Promise<PartFile> {
    const raws = plans.map((plan, index) => ({ plan, raw: `c${index}` }));
    const blank = raws.map(({ raw }) => `${raw} IS NULL`).join(' AND ');
    const declared = raws.filter(({ plan }) => plan.declared && plan.type !== 'text');
    const bad = declared.map(({ raw, plan }) => contradictsSql(raw, plan)).join(' OR ') || 'false';
    const rejects = declared.length === 0 ? [] : await this.contradictions(declared, bad);
    const [counts = {}] = await this.rows(
      `SELECT count(*) FILTER (${blank}) AS blank, count(*) FILTER (NOT (${blank}) AND NOT (${bad})) AS good FROM raw`,
    );
    const rowsWritten = Number(counts.good);
    if (rowsWritten > 0) {
      const typed = raws.map(({ raw, plan }) => `${valueSql(raw, plan)} AS ${sqlName(plan.name)}`).join(', ');
      await this.connection.run(
        `COPY (SELECT ${typed} FROM raw WHERE NOT (${blank}) AND NOT (${bad}) ORDER BY rowid)
          TO ${sqlString(target)} (FORMAT parquet, COMPRESSION snappy)`,
      );
    }
    return { rowsWritten, rowsBlank: Number(counts.blank), rejects, coerced: await this.coercions(raws, bad) };
  }

  /** The row in the chunk's file of the table's row `index` (0 for the first): rows that went aside are not in the table. */
  private fileRow(index: number): number {
    let row = index + 1;
    for (const aside of this.aside) {
      if (aside > row) break;
      row++;
    }
    return row;
  }

  private async contradictions(
    declared: readonly { raw: string; plan: ColumnPlan }[],
    bad: string,
  ): Promise<RawReject[]> {
    const first = declared
      .map(
        ({ raw, plan }) =>
          `WHEN ${contradictsSql(raw, plan)} THEN [${sqlString(plan.name)}, ${sqlString(plan.type)}, ${raw}]`,
      )
      .join(' ');
    const all = this.columns.map((_, index) => `c${index}`).join(', ');
    const rows = await this.rows(
      `SELECT rowid AS row, CASE ${first} END AS found, to_json([${all}])::VARCHAR AS raw FROM raw WHERE ${bad} ORDER BY rowid`,
    );
    return rows.map((row) => {
      const [column = '', type = '', value = ''] = row.found as string[];
      return {
        row: this.fileRow(Number(row.row)),
        byte: undefined,
        column,
        reason: `${JSON.stringify(value)} is no ${type}`,
        raw: String(row.raw),
      };
    });
  }

  private async coercions(raws: readonly { raw: string; plan: ColumnPlan }[], bad: string): Promise<Coerced[]> {
    const found: Coerced[] = [];
    for (const { raw, plan } of raws.filter((each) => each.plan.coerces)) {
      const rows = await this.rows(
        `SELECT ${raw} AS value, count(*) AS n, sum(count(*)) OVER () AS total FROM raw
          WHERE ${contradictsSql(raw, plan)} AND NOT (${bad}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${coercedExamples}`,
      );
      const examples = rows.map((row) => String(row.value));
      if (rows.length > 0) found.push({ column: plan.name, count: Number(rows[0]?.total), examples });
    }
    return found;
  }

  private async rows(sql: string): Promise<Row[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJS();
  }
}
