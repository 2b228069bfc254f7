import type { Table } from '@aws-sdk/client-glue';
import type { GlueSink } from '@etl/pipeline/sinks/glue';
import { evolvedTable, newTable } from '../../../../aws/sinks/glue/table';
import { targetOf } from '../../../../aws/sinks/glue/target';
import { columnsIn, type SampleCommit, sampleCommit, sampleSink } from './support';

/** Creates the table of a commit. */
function created(commit: SampleCommit = {}, sink: Partial<GlueSink> = {}): Table {
  const sample = sampleCommit(commit);
  return { ...newTable(targetOf(sample, sampleSink(sink)), sample), Name: 'ventas', VersionId: '1' };
}

function evolved(table: Table, commit: SampleCommit, sink: Partial<GlueSink> = {}) {
  const sample = sampleCommit(commit);
  return evolvedTable(table, targetOf(sample, sampleSink(sink)), sample);
}

describe('a new table', () => {
  test('suits Athena, Trino and Spark', () => {
    expect(created()).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: { EXTERNAL: 'TRUE', classification: 'parquet', 'etl.dataset': 'ventas' },
      PartitionKeys: [
        { Name: 'batch_date', Type: 'date' },
        { Name: 'source', Type: 'string' },
      ],
      StorageDescriptor: {
        Location: 's3://clean/lago/ventas/',
        InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    });
  });

  test('has the declared names of its partition columns', () => {
    const { PartitionKeys } = created({}, { partitions: { source: 'origen' } });
    expect(PartitionKeys?.map(({ Name }) => Name)).toEqual(['batch_date', 'origen']);
  });
});

describe('evolution', () => {
  test('appends new columns, keeps missing ones, and does not reorder', () => {
    const table = created({ schema: { a: 'text', b: 'date', c: 'double' } });
    const after = evolved(table, { schema: { d: 'int32', c: 'double', a: 'text', e: 'time' } });
    expect(columnsIn(after ?? {})).toEqual(['a string', 'b date', 'c double', 'd int', 'e bigint']);
  });

  test.each([
    ['int32', 'integer', 'bigint'],
    ['decimal(10,2)', 'decimal(20,2)', 'decimal(20,2)'],
  ] as const)('widens %s to %s, and does not narrow it again', (narrow, wide, type) => {
    const after = evolved(created({ schema: { a: narrow } }), { schema: { a: wide } });
    expect(columnsIn(after ?? {})).toEqual([`a ${type}`]);
    expect(evolved(created({ schema: { a: wide } }), { schema: { a: narrow } })).toBeUndefined();
  });

  test('changes nothing for the same or fewer columns', () => {
    const table = created({ schema: { a: 'text', b: 'date' } });
    expect(evolved(table, { schema: { b: 'date', a: 'text' } })).toBeUndefined();
    expect(evolved(table, { schema: { b: 'date' } })).toBeUndefined();
  });

  test('keeps what others have set', () => {
    const mine: Partial<Table> = {
      Description: 'ventas de todas las tiendas',
      Owner: 'ana',
      Retention: 7,
      Parameters: { ...created().Parameters, 'ventas.owner': 'ana' },
    };
    const table = created();
    const [column] = table.StorageDescriptor?.Columns ?? [];
    const commented = { Name: 'importe', ...column, Comment: 'EUR', Parameters: { ...column?.Parameters, pii: 'no' } };
    const storage = { ...table.StorageDescriptor, Columns: [commented], Parameters: { compression: 'snappy' } };
    const after = evolved({ ...table, ...mine, StorageDescriptor: storage }, { schema: { nueva: 'text' } });
    expect(after).toMatchObject(mine);
    expect(after?.StorageDescriptor?.Parameters).toEqual(storage.Parameters);
    expect(after?.StorageDescriptor?.Columns?.[0]).toEqual(commented);
    // Attributes of a table that UpdateTable does not accept.
    expect(after).not.toHaveProperty('VersionId');
  });

  test('accepts the columns of a table that another writer created', () => {
    const table = created({ schema: { a: 'int32', b: 'timestamptz', c: 'decimal(5,1)' } });
    const Columns = table.StorageDescriptor?.Columns?.map(({ Name, Type }) => ({
      Name: Name?.toUpperCase(),
      Type: Type?.toUpperCase(),
    }));
    const foreign = { ...table, Parameters: {}, StorageDescriptor: { ...table.StorageDescriptor, Columns } };
    expect(evolved(foreign, { schema: { a: 'int32', b: 'timestamptz', c: 'decimal(5,1)' } })).toBeUndefined();
    const wider = evolved(foreign, { schema: { a: 'integer', b: 'timestamp', c: 'decimal(6,1)' } });
    expect(columnsIn(wider ?? {})).toEqual(['A bigint', 'B TIMESTAMP', 'C decimal(6,1)']);
  });

  test.each([
    ['text', 'integer', 'is text (string) in the table and integer (bigint) in the batch'],
    ['integer', 'double', 'is integer (bigint) in the table and double in the batch'],
    ['double', 'integer', 'is double in the table and integer (bigint) in the batch'],
    ['decimal(10,2)', 'decimal(10,3)', 'is decimal(10,2) in the table and decimal(10,3) in the batch'],
    ['timestamp', 'timestamptz', 'is timestamp in the table and timestamptz (timestamp) in the batch'],
    ['time', 'integer', 'is time (bigint) in the table and integer (bigint) in the batch'],
  ] as const)('refuses %s that becomes %s', (was, is, message) => {
    const table = created({ schema: { a: was } });
    expect(() => evolved(table, { schema: { a: is } })).toThrow(
      `lago.ventas: column a ${message}, which cannot be combined. ` +
        `Declare the column as ${was} in the dataset and deliver the batch again, or set another table with sink key table.`,
    );
  });

  test('refuses a type of another writer', () => {
    const table = created({ schema: { a: 'text' } });
    const Columns = [{ Name: 'a', Type: 'array<string>' }];
    expect(() =>
      evolved({ ...table, StorageDescriptor: { ...table.StorageDescriptor, Columns } }, { schema: { a: 'text' } }),
    ).toThrow(
      'column a is array<string> in the table and text (string) in the batch, which cannot be combined. Set another table',
    );
  });
});

describe('refuses a table', () => {
  const refusals: readonly [string, Partial<Table>, string][] = [
    ['of another format', { StorageDescriptor: { Columns: [] } }, 'is not a table of Parquet files. Set another table'],
    [
      'with other partitions',
      { PartitionKeys: [{ Name: 'dia', Type: 'string' }] },
      'is partitioned by dia string, not by batch_date date, source string. Set another table',
    ],
    ['without partitions', { PartitionKeys: [] }, 'is partitioned by nothing, not by'],
    [
      'of another dataset',
      { Parameters: { 'etl.dataset': 'compras' } },
      'belongs to dataset compras. Set another table',
    ],
    [
      'whose registered partitions are hidden',
      { Parameters: { 'projection.enabled': 'TRUE' } },
      'Remove the parameter projection.enabled of the table',
    ],
  ];
  test.each(refusals)('%s', (_, changes, message) => {
    expect(() => evolved({ ...created(), ...changes }, {})).toThrow(message);
  });

  test('but not one whose batch date is a string', () => {
    const PartitionKeys = [
      { Name: 'batch_date', Type: 'string' },
      { Name: 'source', Type: 'string' },
    ];
    expect(evolved({ ...created(), PartitionKeys }, {})).toBeUndefined();
  });
});

describe('the target', () => {
  test.each([
    [
      'a column with the name of a partition column',
      { schema: { source: 'text' } },
      'a column source, which is the name of a partition column. Set another name with sink key partitions.',
    ],
    ['a column with a comma', { schema: { 'a,b': 'text' } }, 'column a,b has a comma in its name'],
    ['a destination outside S3', { destination: 'file:///lago' }, 'Glue reads S3 only, not file:///lago'],
  ] as const)('refuses %s', (_, commit, message) => {
    expect(() => targetOf(sampleCommit(commit), sampleSink())).toThrow(message);
  });

  test('accepts a data column with the default name of a renamed partition column', () => {
    const sink = sampleSink({ partitions: { source: 'origen' } });
    expect(() => targetOf(sampleCommit({ schema: { source: 'text' } }), sink)).not.toThrow();
  });

  test('has a table with the name of the dataset', () => {
    expect(targetOf(sampleCommit({ dataset: 'Año-2026' }), sampleSink()).name).toBe('lago.ano_2026');
    expect(targetOf(sampleCommit(), sampleSink({ table: 'otra' })).name).toBe('lago.otra');
  });
});
