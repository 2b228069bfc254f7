import {
  CreateDatabaseCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GlueClient,
  type Partition,
  type Table,
} from '@aws-sdk/client-glue';
import { joinUri } from '@etl/lib/uri';
import type { ColumnType } from '@etl/pipeline/columns/types';
import type { Manifest, Part } from '@etl/pipeline/manifest';
import type { GlueSink } from '@etl/pipeline/sinks/glue';
import type { SinkCall, SinkCommit } from '../../../../activities/ports';
import { clientConfig } from '../../../support/awsTestClients';

export const destination = 's3://clean/lago';

export interface SampleCommit {
  readonly number?: number;
  readonly schema?: Readonly<Record<string, ColumnType>>;
  readonly dataset?: string;
  readonly batchDate?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly runStartedAt?: string;
  readonly parts?: readonly Part[];
}

/** Returns a commit of dataset `ventas`. A greater number has a later run, unless `runStartedAt` is given. */
export function sampleCommit(changes: SampleCommit = {}): SinkCommit {
  const { number = 1, schema = { importe: 'double' }, dataset = 'ventas', batchDate = '2026-02-08' } = changes;
  const { source = 'norte', parts = [1, 2].map(samplePart) } = changes;
  const base = changes.destination ?? destination;
  const runId = `run-${number}`;
  const manifest: Pick<Manifest, 'schema' | 'parts' | 'runId' | 'runStartedAt'> = {
    schema: Object.entries(schema).map(([name, type]) => ({ name, type, sourceName: name })),
    runId,
    runStartedAt: changes.runStartedAt ?? new Date(Date.UTC(2026, 1, 9) + number * 60_000).toISOString(),
    parts,
  };
  return {
    batch: { dataset, batchDate, source },
    number,
    // The sink reads nothing else of a manifest.
    manifest: manifest as Manifest,
    destination: base,
    folder: joinUri(base, 'etl-commits', dataset, batchDate, source, runId),
  };
}

export const samplePart = (number: number): Part => ({
  file: `part-0000${number}.parquet`,
  rows: number * 10,
  bytes: number * 1000,
  sha256: '',
  location: '',
});

export const sampleSink = (changes: Partial<GlueSink> = {}): GlueSink => ({
  type: 'glue',
  database: 'lago',
  ...changes,
});

/** A call of a commit that is the newest of its batch. */
export const newest: SinkCall = {
  token: 'token',
  mayProceed: () => Promise.resolve(true),
  store: () => Promise.reject(new Error('the Glue sink stores nothing')),
};

/** The catalog of a stand-in, as a reader sees it. */
export class TestCatalog {
  readonly client: GlueClient;
  constructor(endpoint: string) {
    this.client = new GlueClient(clientConfig(endpoint));
  }

  async createDatabase(name: string): Promise<void> {
    await this.client.send(new CreateDatabaseCommand({ DatabaseInput: { Name: name } }));
  }

  async table(database: string, table = 'ventas'): Promise<Table> {
    const { Table } = await this.client.send(new GetTableCommand({ DatabaseName: database, Name: table }));
    if (!Table) throw new Error(`no table ${database}.${table}`);
    return Table;
  }

  async partitions(DatabaseName: string, TableName = 'ventas'): Promise<Partition[]> {
    const { Partitions = [] } = await this.client.send(new GetPartitionsCommand({ DatabaseName, TableName }));
    return Partitions;
  }
}

/** Returns `importe double` of each column. */
export const columnsIn = ({ StorageDescriptor }: Table | Partition): string[] =>
  (StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => `${Name} ${Type}`);
