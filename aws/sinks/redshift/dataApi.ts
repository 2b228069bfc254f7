import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementResponse,
  ExecuteStatementCommand,
  type Field,
  GetStatementResultCommand,
  type RedshiftDataClient,
  ResourceNotFoundException,
  type SqlParameter,
  ValidationException,
} from '@aws-sdk/client-redshift-data';
import { pause } from '@etl/lib/pause';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { SinkError } from '../../../activities/ports';
import { mapDataApiErrors, mayRepeat } from './errors';

export type Cell = string | number | boolean | null;

/** Outcome of a short statement. */
export type Ended =
  | { readonly end: 'finished'; readonly rows: readonly (readonly Cell[])[] }
  /** `retry`: whether the statement may succeed later. */
  | { readonly end: 'failed'; readonly reason: string; readonly retry: boolean }
  /** The statement did not end within its maximum duration and was cancelled. */
  | { readonly end: 'timeout' };

/** Intervals and maximum durations, in seconds. */
export interface Waits {
  /** Shortest and longest interval between two polls of a short statement. The interval grows with each poll. */
  readonly poll: readonly [number, number];
  /** Maximum duration of a query of `information_schema` or of load errors. */
  readonly catalog: number;
  /**
   * Maximum duration of a query of a ledger. A load locks its ledger, so a longer query means that another load of the
   * table is running.
   */
  readonly ledger: number;
  /** Maximum duration of a change of a table, including the wait for running loads of the table. */
  readonly change: number;
}

export const defaultWaits: Waits = { poll: [0.1, 2], catalog: 120, ledger: 10, change: 120 };

/**
 * Maximum length of a statement, in bytes.
 * @see Amazon Redshift Management Guide, "Considerations when calling the Amazon Redshift Data API"
 */
const maxStatementBytes = 100 * 1024;

const never = new AbortController().signal;

/** Calls of the Data API, with mapped errors. */
export class DataApi {
  constructor(
    private readonly client: RedshiftDataClient,
    private readonly waits: Waits = defaultWaits,
  ) {}

  /**
   * Submits statements as one transaction and returns its ID. A repeated call with the same token and statements returns
   * the ID of the first call.
   */
  async submit(sqls: readonly string[], sink: RedshiftSink, token?: string): Promise<string> {
    for (const sql of sqls) checkLength(sql);
    const input = { ...database(sink), Sqls: [...sqls], ...(token !== undefined && { ClientToken: token }) };
    const { Id } = await this.send('BatchExecuteStatement', this.client.send(new BatchExecuteStatementCommand(input)));
    if (Id === undefined) throw new Error('Redshift Data API BatchExecuteStatement returned no ID');
    return Id;
  }

  /**
   * Runs a query and waits for its rows, at most for the maximum duration of its kind. The Data API replaces `:name` in
   * the text by the value of a parameter.
   */
  async query(
    kind: 'catalog' | 'ledger',
    sql: string,
    parameters: Readonly<Record<string, string>>,
    sink: RedshiftSink,
  ): Promise<Ended> {
    const list = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    const id = await this.execute(sql, sink, list);
    const ended = await this.wait(kind, id);
    return ended.end === 'finished' ? { ...ended, rows: await this.rows(id) } : ended;
  }

  /**
   * Changes tables, with several statements in one transaction, and waits for the outcome. Sends no client token: it would
   * return the outdated result of the first call, and changes are repeatable.
   */
  async change(sqls: readonly string[], sink: RedshiftSink): Promise<Ended> {
    const [only = '', ...others] = sqls;
    return this.wait('change', await (others.length > 0 ? this.submit(sqls, sink) : this.execute(only, sink)));
  }

  private async execute(sql: string, sink: RedshiftSink, parameters: SqlParameter[] = []): Promise<string> {
    checkLength(sql);
    const input = { ...database(sink), Sql: sql, ...(parameters.length > 0 && { Parameters: parameters }) };
    const { Id = '' } = await this.send('ExecuteStatement', this.client.send(new ExecuteStatementCommand(input)));
    return Id;
  }

  private async wait(kind: keyof Omit<Waits, 'poll'>, Id: string): Promise<Ended> {
    const [shortest, longest] = this.waits.poll;
    const deadline = performance.now() + this.waits[kind] * 1000;
    for (let wait = shortest; ; wait = Math.min(wait * 1.5, longest)) {
      const { Status, Error: reason = `ended as ${Status}` } = await this.describe(Id);
      if (Status === 'FINISHED') return { end: 'finished', rows: [] };
      if (Status === 'FAILED' || Status === 'ABORTED') return { end: 'failed', reason, retry: mayRepeat(reason) };
      if (performance.now() >= deadline) {
        await this.cancel(Id);
        return { end: 'timeout' };
      }
      await pause(wait, never);
    }
  }

  describe(Id: string): Promise<DescribeStatementResponse> {
    return this.send('DescribeStatement', this.client.send(new DescribeStatementCommand({ Id })));
  }

  /** Returns undefined for an unknown statement. The Data API keeps statements for 24 hours. */
  async find(id: string): Promise<DescribeStatementResponse | undefined> {
    const found = this.client.send(new DescribeStatementCommand({ Id: id })).catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });
    return this.send('DescribeStatement', found);
  }

  /** Cancels a statement. Ignores a statement that has ended or is unknown. */
  async cancel(Id: string): Promise<void> {
    try {
      await this.client.send(new CancelStatementCommand({ Id }));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return;
      // CancelStatement returns ValidationException for a statement that has ended.
      if (error instanceof ValidationException && hasEnded(await this.find(Id))) return;
      await this.send('CancelStatement', Promise.reject(error));
    }
  }

  private async rows(Id: string): Promise<Cell[][]> {
    const rows: Cell[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.send(
        'GetStatementResult',
        this.client.send(new GetStatementResultCommand({ Id, ...(NextToken !== undefined && { NextToken }) })),
      );
      rows.push(...(page.Records ?? []).map((record) => record.map(cellOf)));
      NextToken = page.NextToken;
    } while (NextToken);
    return rows;
  }

  private send<T>(operation: string, call: Promise<T>): Promise<T> {
    return mapDataApiErrors(operation, call);
  }
}

/** Returns the parameters that every request needs: the database, and the secret, which only the Data API reads. */
function database({ workgroup, cluster, database: name, secretArn }: RedshiftSink) {
  return {
    ...(workgroup !== undefined && { WorkgroupName: workgroup }),
    ...(cluster !== undefined && { ClusterIdentifier: cluster }),
    Database: name,
    SecretArn: secretArn,
  };
}

/** @throws {SinkError} */
function checkLength(sql: string): void {
  const bytes = Buffer.byteLength(sql);
  if (bytes > maxStatementBytes)
    throw new SinkError(
      `A statement for Redshift has ${bytes} bytes, more than ${maxStatementBytes}: ${sql.slice(0, 60)}…. Shorten the names of the columns, or split the file`,
    );
}

const hasEnded = (found: DescribeStatementResponse | undefined): boolean =>
  found === undefined || ['FINISHED', 'FAILED', 'ABORTED'].includes(found.Status ?? '');

function cellOf(field: Field): Cell {
  return field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
}
