import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClientBase } from 'pg';

const run = promisify(execFile);

/** An error of COPY, with the file and column that Redshift would record. */
export class LoadError extends Error {
  constructor(
    message: string,
    readonly file: string,
    readonly column = '',
  ) {
    super(message);
  }
}

interface Part {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Files of Amazon S3: returns the path of a file for a URI, which need not exist. */
export type Locate = (uri: string) => Promise<string>;

const statement =
  /^COPY "([^"]+)" FROM '((?:[^']|'')+)' IAM_ROLE '(arn:aws:iam::\d{12}:role\/[^']+)' FORMAT AS PARQUET MANIFEST$/;

export const isCopy = (sql: string): boolean => /^COPY\b/i.test(sql);

/** Runs COPY as Redshift documents it for Parquet: by position, all or nothing, with a manifest. */
export async function copy(client: ClientBase, sql: string, locate: Locate): Promise<void> {
  const [, table = '', uri = ''] = statement.exec(sql) ?? [];
  if (table === '') throw new Error('syntax error in COPY');
  const stage = await columnsOf(client, table);
  for (const { url, bytes } of await entriesOf(await locate(uri.replaceAll("''", "'")))) {
    const path = await locate(url);
    const stored = await readFile(path).catch(() => undefined);
    if (!stored) throw new LoadError(`the specified key does not exist: ${url}`, url);
    if (stored.length !== bytes) throw new LoadError(`content_length ${bytes} is not that of ${url}`, url);
    const part = await readPart(path, stored);
    check(part, stage, url);
    await insert(client, table, part);
  }
}

async function entriesOf(path: string): Promise<{ url: string; bytes: number }[]> {
  const { entries } = JSON.parse(await readFile(path, 'utf8')) as {
    entries: { url: string; mandatory?: boolean; meta?: { content_length?: number } }[];
  };
  return entries.map(({ url, mandatory, meta }) => {
    if (mandatory !== true) throw new Error('an entry of the manifest is not mandatory');
    if (meta?.content_length === undefined) throw new Error('meta.content_length is required for Parquet');
    if (!url.startsWith('s3://')) throw new Error(`not a URI of S3: ${url}`);
    return { url, bytes: meta.content_length };
  });
}

interface StageColumn {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(client: ClientBase, table: string): Promise<StageColumn[]> {
  const { rows } = await client.query<StageColumn>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = quote_ident($1)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  );
  return rows;
}

/** Arrow types of Parquet columns that each type of Redshift takes. Instants are documented for TIMESTAMP only. */
const taken: Readonly<Record<string, readonly string[]>> = {
  bigint: ['int64'],
  integer: ['int32'],
  'double precision': ['double'],
  boolean: ['bool'],
  date: ['date32[day]'],
  'time without time zone': ['time64[us]'],
  'timestamp without time zone': ['timestamp[us]', 'timestamp[us, tz=UTC]'],
};

function check({ columns, rows }: Part, stage: readonly StageColumn[], file: string): void {
  if (columns.length !== stage.length)
    throw new LoadError(`Unmatched number of columns between table and file: ${stage.length}, ${columns.length}`, file);
  stage.forEach(({ name, type }, at) => {
    const { type: stored = '' } = columns[at] ?? {};
    const [, length] = /^character varying\((\d+)\)$/.exec(type) ?? [];
    const decimal = /^numeric\((\d+,\d+)\)$/.exec(type)?.[1];
    const isTaken = length
      ? /^(string|extension<arrow\.json.*>)$/.test(stored)
      : decimal
        ? stored === `decimal128(${decimal.replace(',', ', ')})`
        : taken[type]?.includes(stored);
    if (!isTaken)
      throw new LoadError(`Spectrum Scan Error: incompatible Parquet schema: ${type}, ${stored}`, file, name);
    const longest = length ? Math.max(0, ...rows.map((row) => Buffer.byteLength(row[at] ?? ''))) : 0;
    if (length && longest > Number(length))
      throw new LoadError(
        `Spectrum Scan Error: The length of the data column ${name} is longer than the length defined in the table. Table: ${length}, Data: ${longest}, Value: "${rows.find((row) => Buffer.byteLength(row[at] ?? '') === longest)?.[at]}"`,
        file,
        name,
      );
  });
}

/** PostgreSQL's maximum number of parameters of a statement. */
const maxParameters = 65_535;

async function insert(client: ClientBase, table: string, { columns, rows }: Part): Promise<void> {
  const many = Math.floor(maxParameters / columns.length);
  for (let from = 0; from < rows.length; from += many) {
    const some = rows.slice(from, from + many);
    let next = 1;
    const tuples = some.map((row) => `(${row.map(() => `$${next++}`).join(',')})`).join(',');
    await client.query(`INSERT INTO "${table}" VALUES ${tuples}`, some.flat());
  }
}

const parts = new Map<string, Promise<Part>>();

/** Reads a part with pyarrow (ETL_TEST_PYTHON), once per content. */
function readPart(path: string, content: Buffer): Promise<Part> {
  const key = content.toString('base64');
  const known = parts.get(key);
  if (known) return known;
  const python = process.env.ETL_TEST_PYTHON ?? 'python3';
  const reading = run(python, [join(__dirname, 'read_part.py'), path], {
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  }).then(({ stdout }) => JSON.parse(stdout) as Part);
  parts.set(key, reading);
  return reading;
}
