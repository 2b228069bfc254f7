import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { Client } from 'pg';
import type { SinkCall, SinkCommit, SinkState, SinkWriter } from '../../../activities/ports';
import { defaultWaits, type Waits } from '../../../aws/sinks/redshift/dataApi';
import { createRedshiftSink } from '../../../aws/sinks/redshift/writer';
import { clientConfig } from '../awsTestClients';
import { memoryFolder } from '../memoryFolder';
import { type StandIn, startDataApi } from './dataApi';
import { type Postgres, startPostgres } from './postgres';
import { redshiftSink } from './samples';

/** Password of the secret, which nothing but the stand-in may show. */
export const canary = 'canary-5f1d0c4e-do-not-print';

/** Functions of Redshift that PostgreSQL lacks, and the views of load errors. */
const preparation = `
  CREATE FUNCTION getdate() RETURNS timestamp LANGUAGE sql AS $$ SELECT clock_timestamp() AT TIME ZONE 'UTC' $$;
  CREATE TABLE public.sys_load_error_detail
    (query_id bigint, start_time timestamp, file_name char(256), column_name char(127), error_message char(512));
  CREATE TABLE public.stl_load_errors
    (query bigint, starttime timestamp, filename char(256), colname char(127), err_reason char(512));
`;

/** A Redshift of one test file: PostgreSQL behind the Data API, and a folder in the place of Amazon S3. */
export class Warehouse {
  private readonly clients: RedshiftDataClient[] = [];
  private constructor(
    private readonly postgres: Postgres,
    readonly api: StandIn,
    /** Reads tables directly. */
    readonly sql: Client,
    readonly s3: string,
  ) {}

  /** `fetch`: copies an object of S3 to a path; without it, objects are files that `put` has written. */
  static async start(fetch?: (uri: string, path: string) => Promise<void>): Promise<Warehouse> {
    const postgres = await startPostgres(canary);
    const s3 = await mkdtemp(join(memoryFolder(), 'etl-s3-'));
    const sql = new Client(postgres.connection);
    await sql.connect();
    await sql.query(preparation);
    const locate = async (uri: string) => {
      const path = join(s3, uri.replace(/^s3:\/\//, ''));
      if (fetch) {
        await mkdir(dirname(path), { recursive: true });
        await fetch(uri, path);
      }
      return path;
    };
    const secrets = { [redshiftSink().secretArn]: { username: 'etl', password: canary } };
    return new Warehouse(postgres, await startDataApi(postgres.connection, secrets, locate), sql, s3);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await this.api.stop();
    await this.sql.end();
    await this.postgres.stop();
    await rm(this.s3, { recursive: true, force: true });
  }

  /** Returns a client that does not retry, so that a fault is the end of an application. */
  client(maxAttempts = 1): RedshiftDataClient {
    const client = new RedshiftDataClient({ ...clientConfig(this.api.endpoint), maxAttempts });
    this.clients.push(client);
    return client;
  }

  /** Returns a writer that polls quickly. */
  writer(waits: Partial<Waits> = {}, maxAttempts = 1): SinkWriter<RedshiftSink> {
    return createRedshiftSink(this.client(maxAttempts), { ...defaultWaits, poll: [0.01, 0.05], ...waits });
  }

  async put(uri: string, content: Buffer | string): Promise<void> {
    const path = join(this.s3, uri.replace(/^s3:\/\//, ''));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  call(token: string): SinkCall {
    return {
      token,
      mayProceed: async () => true,
      store: async (name, body) => {
        const uri = `s3://lake/status/${token}/${name}`;
        await this.put(uri, body);
        return uri;
      },
    };
  }

  /** Applies a commit and follows its statement to the end. */
  async apply(
    writer: SinkWriter<RedshiftSink>,
    commit: SinkCommit,
    sink: RedshiftSink,
    token: string,
  ): Promise<SinkState> {
    return this.follow(writer, await writer.apply(commit, sink, this.call(token)), commit, sink);
  }

  /** Polls the statement of a state until it ends. */
  async follow(
    writer: SinkWriter<RedshiftSink>,
    started: SinkState,
    commit: SinkCommit,
    sink: RedshiftSink,
  ): Promise<SinkState> {
    let state = started;
    while (state.state === 'running') {
      await sleep(20);
      state = (await writer.poll?.(state.statement, commit, sink)) ?? state;
    }
    return state;
  }

  /** Applies a commit as a workflow does: again, with a new token, while a failure is to be retried. */
  async applyUntilEnd(commit: SinkCommit, sink: RedshiftSink, token: () => string): Promise<SinkState> {
    const writer = this.writer();
    for (let attempt = 0; attempt < 30; attempt++) {
      const state = await this.apply(writer, commit, sink, token());
      if (state.state !== 'failed' || !state.retry) return state;
    }
    throw new Error('no end after 30 applications');
  }

  /** Holds back the statements that begin with a word, until the returned function is called. */
  holdBack(word: string): () => void {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.api.before = (sql) => (sql.startsWith(word) ? released : undefined);
    return () => {
      this.api.before = () => undefined;
      release();
    };
  }

  /** Waits until a load has locked a ledger. */
  async locked(ledger: string): Promise<void> {
    const held = "SELECT 1 FROM pg_locks WHERE relation = to_regclass($1) AND mode = 'AccessExclusiveLock' AND granted";
    while ((await this.rows(held, [ledger])).length === 0) await sleep(20);
  }

  async rows(query: string, values: readonly unknown[] = []): Promise<unknown[][]> {
    const text = {
      text: query,
      values: [...values],
      rowMode: 'array',
      types: { getTypeParser: () => String },
    } as const;
    return (await this.sql.query<unknown[]>(text)).rows;
  }
}
