import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, type ClientBase, type ClientConfig, DatabaseError } from 'pg';
import { copy, isCopy, LoadError, type Locate } from './copy';

export interface Call {
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What happens to a call: an error instead of it, or a connection that breaks before or after it. */
export type Fault = { readonly error: string; readonly message: string } | 'break' | 'breakAfter';

export interface StandIn {
  readonly endpoint: string;
  /** All calls, in their order. */
  readonly calls: Call[];
  /** Everything that was answered, as text. */
  readonly answers: string[];
  /** Decides about each call. */
  fault: (call: Call) => Fault | undefined;
  /** Runs before each statement: may wait, or throw an error of the database. */
  before: (sql: string, batch: boolean) => Promise<void> | void;
  stop(): Promise<void>;
}

type Status = 'SUBMITTED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';
type Cell = string | number | boolean | null;

interface Sub {
  readonly sql: string;
  status: Status;
  error?: string;
  rows?: Cell[][];
  queryId: number;
}

interface Statement {
  readonly id: string;
  readonly request: string;
  readonly isBatch: boolean;
  readonly subs: Sub[];
  status: Status;
  error?: string;
  pid?: number;
  cancelled?: boolean;
  done?: Promise<void>;
}

/** An error that the Data API answers with. */
class ApiError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

const invalid = (message: string) => new ApiError('ValidationException', message);

/** Statements that Redshift forbids in a transaction, or that end it. */
const forbidden = /\bALTER\b.*\bALTER\s+COLUMN\b.*\bTYPE\b|^\s*(TRUNCATE|VACUUM|BEGIN|START|COMMIT|END|ROLLBACK)\b/is;

/**
 * Starts a stand-in for the Data API in front of PostgreSQL: asynchronous statements, batches as one transaction on one
 * connection, idempotent by client token, with the limits of the API. Only COPY is not run by PostgreSQL.
 *
 * `secrets`: passwords by ARN. `locate`: where the files of S3 are.
 * @see Amazon Redshift Data API Reference
 */
export async function startDataApi(
  connection: ClientConfig,
  secrets: Readonly<Record<string, { readonly username: string; readonly password: string }>>,
  locate: Locate,
): Promise<StandIn> {
  const statements = new Map<string, Statement>();
  const tokens = new Map<string, string>();
  let queries = 1000;

  const open = async (body: Call['body']): Promise<Client> => {
    const secret = secrets[String(body.SecretArn)];
    if (!secret) throw new ApiError('ResourceNotFoundException', `no secret ${String(body.SecretArn)}`);
    const client = new Client({ ...connection, user: secret.username, password: secret.password });
    // A connection that the server ends is an error of the statement.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  const submit = (call: Call): { Id: string; CreatedAt: number } => {
    const { body, action } = call;
    const { ClientToken = randomUUID() } = body as { ClientToken?: string };
    const isBatch = action === 'BatchExecuteStatement';
    const sqls = isBatch ? (body.Sqls as string[]) : [String(body.Sql)];
    if (ClientToken.length > 64) throw invalid('ClientToken has more than 64 characters');
    if (sqls.length < 1 || sqls.length > 40) throw invalid('1 to 40 statements are allowed');
    if (sqls.some((sql) => Buffer.byteLength(sql) > 100 * 1024)) throw invalid('a statement has more than 100 KB');
    if ((body.WorkgroupName === undefined) === (body.ClusterIdentifier === undefined))
      throw invalid('either a workgroup or a cluster is required');
    if (body.DbUser !== undefined || !/^arn:aws:secretsmanager:/.test(String(body.SecretArn)))
      throw invalid('the secret is not named by its ARN');
    const request = JSON.stringify(body);
    const known = statements.get(tokens.get(ClientToken) ?? '');
    if (known && known.request !== request) throw invalid('the client token was used for another request');
    if (known) return { Id: known.id, CreatedAt: 0 };
    const subs = sqls.map((sql): Sub => ({ sql, status: 'SUBMITTED', queryId: -1 }));
    const statement: Statement = { id: randomUUID(), request, isBatch, subs, status: 'SUBMITTED' };
    statements.set(statement.id, statement);
    tokens.set(ClientToken, statement.id);
    const parameters = (body.Parameters ?? []) as { name: string; value: string }[];
    statement.done = perform(statement, body, new Map(parameters.map(({ name, value }) => [name, value])));
    return { Id: statement.id, CreatedAt: 0 };
  };

  const perform = async (statement: Statement, body: Call['body'], parameters: ReadonlyMap<string, string>) => {
    let client: Client | undefined;
    try {
      client = await open(body);
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      statement.pid = rows[0]?.pid ?? 0;
      statement.status = 'STARTED';
      if (statement.isBatch) await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
      for (const sub of statement.subs) await one(client, sub, statement, parameters);
      if (statement.isBatch) await client.query('COMMIT');
      statement.status = 'FINISHED';
    } catch (error) {
      statement.error = textOf(error);
      statement.status = statement.cancelled ? 'ABORTED' : 'FAILED';
    } finally {
      await client?.end().catch(() => undefined);
    }
  };

  const one = async (client: ClientBase, sub: Sub, statement: Statement, parameters: ReadonlyMap<string, string>) => {
    sub.status = 'STARTED';
    sub.queryId = ++queries;
    try {
      if (statement.isBatch && forbidden.test(sub.sql))
        throw new Error(`${sub.sql.slice(0, 20)} cannot run in a transaction block`);
      await standIn.before(sub.sql, statement.isBatch);
      if (statement.cancelled) throw new Error("Query cancelled on user's request");
      if (isCopy(sub.sql)) await copy(client, sub.sql, locate);
      else sub.rows = await query(client, sub.sql, parameters);
      sub.status = 'FINISHED';
    } catch (error) {
      sub.status = 'FAILED';
      sub.error = textOf(error);
      if (error instanceof LoadError) await record(error, sub.queryId);
      throw error;
    }
  };

  /** Records a load error where the rollback does not remove it. */
  const record = async ({ message, file, column }: LoadError, queryId: number) => {
    const client = new Client(connection);
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        "SELECT tablename AS name FROM pg_tables WHERE tablename IN ('sys_load_error_detail', 'stl_load_errors')",
      );
      for (const { name } of rows)
        await client.query(`INSERT INTO public.${name} VALUES ($1, now(), $2, $3, $4)`, [
          queryId,
          file,
          column,
          message,
        ]);
    } finally {
      await client.end();
    }
  };

  const find = (body: Call['body']): Statement => {
    const found = statements.get(String(body.Id));
    if (!found) throw new ApiError('ResourceNotFoundException', 'Query does not exist');
    return found;
  };

  const actions: Readonly<Record<string, (call: Call) => unknown>> = {
    ExecuteStatement: submit,
    BatchExecuteStatement: submit,
    DescribeStatement: ({ body }) => describe(find(body)),
    GetStatementResult: ({ body }) => {
      const { subs, isBatch, status } = find(body);
      if (isBatch || status !== 'FINISHED') throw invalid('the statement has no result');
      const records = subs[0]?.rows ?? [];
      return { Records: records.map((row) => row.map(fieldOf)), TotalNumRows: records.length };
    },
    CancelStatement: async ({ body }) => {
      const statement = find(body);
      if (!['SUBMITTED', 'STARTED'].includes(statement.status))
        throw invalid(`Could not cancel a query that is already in ${statement.status} state`);
      statement.cancelled = true;
      const client = await open(JSON.parse(statement.request) as Call['body']);
      await client.query('SELECT pg_cancel_backend($1)', [statement.pid ?? 0]);
      await client.end();
      return { Status: true };
    },
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const [, action = ''] = /^RedshiftData\.(\w+)$/.exec(String(incoming.headers['x-amz-target'])) ?? [];
    const call = { action, body: JSON.parse(Buffer.concat(chunks).toString()) as Call['body'] };
    standIn.calls.push(call);
    const fault = standIn.fault(call);
    if (fault === 'break') return incoming.socket.destroy();
    const reply = (status: number, body: unknown) => {
      const text = JSON.stringify(body);
      standIn.answers.push(text);
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
    };
    const refuse = (type: string, message: string) => reply(400, { __type: type, message, Message: message });
    if (typeof fault === 'object') return refuse(fault.error, fault.message);
    try {
      const body = await actions[action]?.(call);
      if (body === undefined) return refuse('UnknownOperationException', action);
      return fault === 'breakAfter' ? incoming.socket.destroy() : reply(200, body);
    } catch (error) {
      return error instanceof ApiError ? refuse(error.type, error.message) : reply(500, { message: textOf(error) });
    }
  };

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const standIn: StandIn = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    answers: [],
    fault: () => undefined,
    before: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      await Promise.all([...statements.values()].map(({ done }) => done));
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

function describe({ id, isBatch, status, error, subs }: Statement) {
  const subStatements = subs.map((sub, at) => ({
    ...{ Id: `${id}:${at + 1}`, Status: sub.status, QueryString: sub.sql, RedshiftQueryId: sub.queryId },
    ...(sub.error !== undefined && { Error: sub.error }),
  }));
  return {
    ...{ Id: id, Status: status, HasResultSet: subs[0]?.rows !== undefined, RedshiftQueryId: subs[0]?.queryId ?? -1 },
    ...(error !== undefined && { Error: error }),
    ...(isBatch && { SubStatements: subStatements }),
  };
}

/** Types that the API returns as numbers. Others are texts. */
const numbers: ReadonlySet<number> = new Set([20, 21, 23]);

async function query(client: ClientBase, sql: string, parameters: ReadonlyMap<string, string>): Promise<Cell[][]> {
  const names = [...parameters.keys()];
  const text = sql.replace(/(?<![:\w]):([a-z_]+)/g, (whole, name: string) => {
    const at = names.indexOf(name);
    return names.length === 0 ? whole : at < 0 ? whole : `$${at + 1}`;
  });
  if (names.some((name) => !sql.includes(`:${name}`))) throw new Error('a parameter is not used');
  // With parameters, PostgreSQL takes one statement only.
  const { rows, fields } = await client.query<(string | boolean | null)[]>({
    text,
    values: [...parameters.values()],
    rowMode: 'array',
    types: { getTypeParser: () => (value: string) => value },
  });
  return rows.map((row) =>
    row.map((cell, at) => (cell !== null && numbers.has(fields[at]?.dataTypeID ?? 0) ? Number(cell) : cell)),
  );
}

function fieldOf(cell: Cell) {
  if (cell === null) return { isNull: true };
  return typeof cell === 'number' ? { longValue: cell } : { stringValue: String(cell) };
}

/** Returns the message of Redshift for an error of PostgreSQL. */
function textOf(error: unknown): string {
  const { message } = error as Error;
  if (error instanceof LoadError)
    return "ERROR: Load into table 'etl_stage' failed. Check 'sys_load_error_detail' system table for details.";
  if (error instanceof DatabaseError && error.code === '40001')
    return 'ERROR: 1023\n  Detail: Serializable isolation violation on table - 101, transactions forming the cycle are: 1, 2 (pid:3)';
  return `ERROR: ${message}`;
}
