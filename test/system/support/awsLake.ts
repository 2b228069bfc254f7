import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateDatabaseCommand, GetPartitionsCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { clientConfig, s3With } from '../../support/awsTestClients';
import { type Moto, startMoto } from '../../support/moto';
import { command } from '../../support/processes';
import { Warehouse } from '../../support/redshift/warehouse';

export const raw = 'raw-data-lake';
export const clean = 'clean-data-lake';

const { ETL_TEST_MOTO, ETL_TEST_POSTGRES, ETL_TEST_PYTHON } = process.env;
export const canStartLake = Boolean(ETL_TEST_MOTO && ETL_TEST_POSTGRES && ETL_TEST_PYTHON);

/** Two buckets, a Glue Data Catalog and a Redshift that loads from the buckets. */
export class AwsLake {
  private constructor(
    private readonly moto: Moto,
    readonly s3: S3Client,
    readonly glue: GlueClient,
    readonly warehouse: Warehouse,
  ) {}

  static async start(): Promise<AwsLake> {
    const moto = await startMoto();
    const s3 = await s3With(moto.endpoint, raw, clean);
    const warehouse = await Warehouse.start(async (uri, path) => {
      const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
      await writeFile(path, await read(s3, bucket, key));
    });
    return new AwsLake(moto, s3, new GlueClient(clientConfig(moto.endpoint)), warehouse);
  }

  /** Environment of workers and commands. */
  get env(): NodeJS.ProcessEnv {
    return {
      AWS_ENDPOINT_URL: this.moto.endpoint,
      AWS_ENDPOINT_URL_REDSHIFT_DATA: this.warehouse.api.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      S3_RAW_BUCKET: raw,
      S3_CLEAN_BUCKET: clean,
    };
  }

  async stop(): Promise<void> {
    this.s3.destroy();
    this.glue.destroy();
    await this.warehouse.stop();
    await this.moto.stop();
  }

  put(key: string, body: string): Promise<unknown> {
    return this.s3.send(new PutObjectCommand({ Bucket: raw, Key: key, Body: body }));
  }

  createDatabase(name: string): Promise<unknown> {
    return this.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: name } }));
  }

  /** Returns the keys below a prefix of the clean bucket. */
  async keys(prefix = ''): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: clean, Prefix: prefix }));
    return Contents.map(({ Key = '' }) => Key);
  }

  /** Returns everything that the buckets contain, as bytes in Latin-1. */
  async contents(): Promise<string[]> {
    const found: string[] = [];
    for (const bucket of [raw, clean]) {
      const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      for (const { Key = '' } of Contents) found.push((await read(this.s3, bucket, Key)).toString('latin1'));
    }
    return found;
  }

  /** Returns the files that a query of a table reads, by the values of their partition. */
  async partitions(database: string, table: string): Promise<Map<string, string[]>> {
    const request = { DatabaseName: database, TableName: table };
    const { Partitions = [] } = await this.glue.send(new GetPartitionsCommand(request));
    const found = new Map<string, string[]>();
    for (const { Values = [], StorageDescriptor } of Partitions) {
      const folder = (StorageDescriptor?.Location ?? '').replace(`s3://${clean}/`, '').replace(/\/*$/, '/');
      found.set(Values.join(' '), await this.keys(folder));
    }
    return found;
  }

  /** Runs a query of one table as Athena does, from the catalog and the files that it names. Returns lines of CSV. */
  async athena(sql: string): Promise<string> {
    const [, database = '', table = ''] = /\bFROM (\w+)\.(\w+)/i.exec(sql) ?? [];
    const described = await this.glue.send(new GetTableCommand({ DatabaseName: database, Name: table }));
    const { PartitionKeys = [], StorageDescriptor } = described.Table ?? {};
    const folder = await mkdtemp(join(tmpdir(), 'etl-athena-'));
    try {
      const partitions = [];
      for (const [values, keys] of await this.partitions(database, table)) {
        const paths: string[] = [];
        for (const key of keys) {
          paths.push(join(folder, key.replaceAll('/', '-')));
          await writeFile(paths.at(-1) ?? '', await read(this.s3, clean, key));
        }
        partitions.push({ values: values.split(' '), paths });
      }
      const query = {
        ...{ database, table, sql, partitions },
        keys: PartitionKeys.map(({ Name, Type }) => [Name, Type]),
        columns: StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]),
      };
      await writeFile(join(folder, 'query.json'), JSON.stringify(query));
      const program = [join(__dirname, 'athena.py'), join(folder, 'query.json')];
      const { exitCode, stdout, stderr } = await command(ETL_TEST_PYTHON ?? 'python3', program);
      if (exitCode !== 0) throw new Error(stderr);
      return stdout;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs a query in the warehouse. Returns lines of CSV. */
  async redshift(sql: string): Promise<string> {
    const { rows } = await this.warehouse.sql.query({ text: sql, rowMode: 'array' });
    return rows.map((row: readonly unknown[]) => row.map(shown).join(',')).join('\n');
  }
}

const shown = (value: unknown): string =>
  value instanceof Date
    ? new Date(value.getTime() - value.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
    : `${value}`;

async function read(s3: S3Client, bucket: string, key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? '');
}
