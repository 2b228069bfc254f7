import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Partition, Table } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parseUri } from '@etl/lib/uri';
import type { Options } from '@etl/pipeline/options';
import { createGlueSink } from '../../../../aws/sinks/glue/writer';
import { s3With } from '../../../support/awsTestClients';
import { Converter } from '../../../support/convert';
import { type Moto, startMoto } from '../../../support/moto';
import { newest, sampleCommit, sampleSink, TestCatalog } from './support';

const tools = ['ETL_TEST_MOTO', 'ETL_TEST_PYTHON'];
const withTools = tools.every((tool) => process.env[tool]) ? describe : describe.skip;

withTools('files of the container, read through the catalog', () => {
  let moto: Moto;
  let s3: S3Client;
  let catalog: TestCatalog;
  let converter: Converter;
  beforeAll(async () => {
    moto = await startMoto();
    s3 = await s3With(moto.endpoint, 'clean');
    catalog = new TestCatalog(moto.endpoint);
    converter = await Converter.create();
    await catalog.createDatabase('lago');
  }, 60_000);
  afterAll(async () => {
    s3.destroy();
    catalog.client.destroy();
    await Promise.all([converter.remove(), moto.stop()]);
  });

  /** Converts a file, stores its parts in a commit folder, and applies the commit. */
  async function deliver(number: number, source: string, columns: NonNullable<Options['columns']>, csv: string) {
    const { manifest, parts } = await converter.deliver(csv, {
      options: { columns, rejects: { maxRows: 0 } },
      chunkRows: 1,
    });
    const sample = sampleCommit({ number, source });
    const { runId, runStartedAt } = sample.manifest;
    const commit = { ...sample, manifest: { ...manifest, runId, runStartedAt } };
    for (const path of parts)
      await s3.send(
        new PutObjectCommand({ ...place(`${commit.folder}/${basename(path)}`), Body: await readFile(path) }),
      );
    await createGlueSink(catalog.client).apply(commit, sampleSink(), newest);
  }

  const place = (uri: string) => {
    const location = parseUri(uri);
    return location?.kind === 's3' ? { Bucket: location.bucket, Key: location.key } : { Bucket: '', Key: '' };
  };

  async function read() {
    const folder = await mkdtemp(join(tmpdir(), 'etl-catalog-'));
    try {
      const partitions = [];
      for (const partition of await catalog.partitions('lago')) {
        const { Bucket, Key: Prefix } = place(partition.StorageDescriptor?.Location ?? '');
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
        const paths = [];
        for (const { Key = '' } of Contents) {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
          const path = join(folder, Key.replace(/\//g, '-'));
          await writeFile(path, (await Body?.transformToByteArray()) ?? '');
          paths.push(path);
        }
        partitions.push({ columns: columns(partition), paths });
      }
      const input = JSON.stringify({ columns: columns(await catalog.table('lago')), partitions });
      const script = join(__dirname, 'read_catalog.py');
      const output = execFileSync(process.env.ETL_TEST_PYTHON ?? '', [script], { input, encoding: 'utf8' });
      return JSON.parse(output) as { rows: (string | null)[][]; problems: unknown[] };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  const columns = ({ StorageDescriptor }: Table | Partition) =>
    StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]);

  const everyType = {
    ...({ texto: 'text', entero: 'integer', corto: 'int32', doble: 'double', si: 'boolean', dia: 'date' } as const),
    ...({ hora: 'time', local: 'timestamp', momento: 'timestamptz', json: 'json', d: 'decimal(10,2)' } as const),
    grande: 'decimal(38,4)',
  } as const;
  const header = `${Object.keys(everyType).join(',')}\n`;
  const line =
    'año,9007199254740993,7,0.5,true,2026-02-08,10:30,2026-02-08 10:30:00,2026-02-08T10:30+02:00,"{""a"":1}",1.25,7';
  const expected = [
    ...['año', '9007199254740993', '7', '0.5', 'true', '2026-02-08', String(10.5 * 3600 * 1e6)],
    ...['2026-02-08 10:30:00', '2026-02-08 08:30:00', '{"a":1}', '1.25', '7.0000'],
  ];

  test('every type is stored as the catalog says, in a replaced partition and beside widened and new columns', async () => {
    await deliver(1, 'norte', everyType, `${header}${line}\n${line}\n`);
    await deliver(2, 'norte', everyType, `${header}${line}\n`);
    expect(await read()).toEqual({ rows: [expected], problems: [] });

    const wider = { ...everyType, corto: 'integer', d: 'decimal(20,2)', nueva: 'int32' } as const;
    await deliver(1, 'sur', wider, `${header.trim()},nueva\n${line},3\n`);
    await deliver(1, 'este', { corto: 'int32' }, 'corto\n-8\n');
    const { rows, problems } = await read();
    expect(problems).toEqual([]);
    const onlyShort = expected.map((_, at) => (at === 2 ? '-8' : null));
    expect(rows).toEqual([
      [...expected, null],
      [...expected, '3'],
      [...onlyShort, null],
    ]);
  });
});
