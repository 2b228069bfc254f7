import { randomUUID } from 'node:crypto';
import { DeletePartitionCommand, DeleteTableCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { joinUri, parseUri } from '@etl/lib/uri';
import { createGlueSink } from '../../../../aws/sinks/glue/writer';
import { s3With } from '../../../support/awsTestClients';
import { type Moto, startMoto } from '../../../support/moto';
import { thorough } from '../../../support/thorough';
import { columnsIn, newest, type SampleCommit, sampleCommit, samplePart, sampleSink, TestCatalog } from './support';

const replacements = thorough ? 100 : 25;
const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

/* moto has partitions with UpdatePartition, but ignores VersionId: concurrent changes of a table are in versions.test.ts. */
withMoto('partitions in moto', () => {
  let moto: Moto;
  let s3: S3Client;
  let catalog: TestCatalog;
  beforeAll(async () => {
    moto = await startMoto();
    s3 = await s3With(moto.endpoint, 'clean');
    catalog = new TestCatalog(moto.endpoint);
  }, 60_000);
  afterAll(async () => {
    s3.destroy();
    catalog.client.destroy();
    await moto.stop();
  });

  /** Returns the sink of a new database, and applies commits to it. */
  async function lake(changes: Parameters<typeof sampleSink>[0] = {}) {
    const database = `lago_${randomUUID().replace(/-/g, '')}`;
    await catalog.createDatabase(database);
    const sink = sampleSink({ database, ...changes });
    const apply = (commit: SampleCommit, call = newest) =>
      createGlueSink(catalog.client).apply(sampleCommit(commit), sink, call);
    const state = async () => ({
      table: await catalog.table(database),
      partitions: await catalog.partitions(database),
    });
    return { database, apply, state };
  }

  test('a first commit creates the table and the partition', async () => {
    const { apply, state, database } = await lake();
    expect(await apply({ number: 3, schema: { a: 'int32', b: 'text' } })).toEqual({
      state: 'applied',
      detail: `commit 3 is partition 2026-02-08/norte of ${database}.ventas`,
    });
    const { table, partitions } = await state();
    expect(columnsIn(table)).toEqual(['a int', 'b string']);
    expect(partitions).toHaveLength(1);
    expect(partitions[0]).toMatchObject({
      Values: ['2026-02-08', 'norte'],
      StorageDescriptor: { Location: 's3://clean/lago/etl-commits/ventas/2026-02-08/norte/run-3/' },
    });
  });

  test('a later commit replaces the partition in one call, whose columns are those of its files', async () => {
    const { apply, state } = await lake();
    await apply({ number: 1, schema: { a: 'int32', b: 'text' } });
    await apply({ number: 2, schema: { a: 'integer', c: 'date' } });
    const { table, partitions } = await state();
    expect(columnsIn(table)).toEqual(['a bigint', 'b string', 'c date']);
    expect(partitions.map(columnsIn)).toEqual([['a bigint', 'c date']]);
    expect(partitions[0]?.Parameters).toMatchObject({ 'etl.commit': '2', 'etl.run': 'run-2', numRows: '30' });
  });

  test('other partitions keep their columns and folders', async () => {
    const { apply, state } = await lake();
    await apply({ number: 1, schema: { a: 'int32' }, source: 'año_2026' });
    await apply({ number: 5, schema: { a: 'integer' }, source: 'sur' });
    const { partitions } = await state();
    expect(partitions.map((each) => [each.Values?.[1], columnsIn(each)])).toEqual([
      ['año_2026', ['a int']],
      ['sur', ['a bigint']],
    ]);
  });

  test('the same commit changes nothing', async () => {
    const { apply, state } = await lake();
    await apply({ number: 1 });
    const before = await state();
    const mayNotChange = { ...newest, mayProceed: () => Promise.reject(new Error('a change')) };
    expect(await apply({ number: 1 }, mayNotChange)).toMatchObject({ state: 'applied' });
    expect(await state()).toEqual(before);
  });

  test('an older commit changes nothing, not even columns', async () => {
    const { apply, state } = await lake();
    await apply({ number: 10 });
    const before = await state();
    expect(await apply({ number: 9, schema: { vieja: 'text' } })).toEqual({ state: 'superseded' });
    expect(await state()).toEqual(before);
  });

  test.each([0, 1])('yields to a newer commit before change %i', async (allowed) => {
    const { apply, state } = await lake();
    await apply({ number: 1 });
    const { partitions } = await state();
    let changes = 0;
    const call = { ...newest, mayProceed: () => Promise.resolve(changes++ < allowed) };
    expect(await apply({ number: 2, schema: { nueva: 'text' } }, call)).toEqual({ state: 'superseded' });
    const after = await state();
    expect(after.partitions).toEqual(partitions);
    expect(columnsIn(after.table)).toHaveLength(1 + allowed);
    expect(changes).toBe(allowed + 1);
  });

  test('yields to a newer commit before the table is created', async () => {
    const { apply, database } = await lake();
    const call = { ...newest, mayProceed: () => Promise.resolve(false) };
    expect(await apply({ number: 1 }, call)).toEqual({ state: 'superseded' });
    await expect(catalog.table(database)).rejects.toThrow('not found');
  });

  test('simultaneous first commits of ten batches create one table and ten partitions', async () => {
    const { apply, state } = await lake();
    const sources = Array.from({ length: 10 }, (_, n) => `tienda_${n}`);
    await Promise.all(sources.map((source) => apply({ source })));
    const { partitions } = await state();
    expect(partitions.map(({ Values }) => Values?.[1]).sort()).toEqual(sources);
  });

  test('creates what was deleted between its reads and its changes', async () => {
    const { apply, state, database } = await lake();
    await apply({ number: 1 });
    const names = { DatabaseName: database, TableName: 'ventas' };
    const deletions = [
      new DeletePartitionCommand({ ...names, PartitionValues: ['2026-02-08', 'norte'] }),
      new DeleteTableCommand({ DatabaseName: database, Name: 'ventas' }),
    ];
    const call = {
      ...newest,
      mayProceed: async () => {
        const deletion = deletions.shift();
        if (deletion) await catalog.client.send(deletion as DeletePartitionCommand);
        return true;
      },
    };
    expect(await apply({ number: 2 }, call)).toMatchObject({ state: 'applied' });
    expect(deletions).toEqual([]);
    expect((await state()).partitions[0]?.Parameters?.['etl.commit']).toBe('2');
  });

  test('every call names the declared catalog, and an update of a table its version', async () => {
    const observed = new TestCatalog(moto.endpoint);
    const inputs: Record<string, unknown>[] = [];
    observed.client.middlewareStack.add(
      (next) => async (args) => {
        inputs.push({ ...args.input });
        return next(args);
      },
      { step: 'initialize' },
    );
    const database = `lago_${randomUUID().replace(/-/g, '')}`;
    await catalog.createDatabase(database);
    const sink = sampleSink({ database, catalogId: '210987654321' });
    for (const commit of [{ number: 1 }, { number: 2, schema: { nueva: 'text' } }] as const)
      await createGlueSink(observed.client).apply(sampleCommit(commit), sink, newest);
    observed.client.destroy();
    expect(inputs).toHaveLength(7);
    for (const input of inputs) expect(input).toMatchObject({ CatalogId: '210987654321', DatabaseName: database });
    expect(inputs[5]).toMatchObject({ VersionId: '1', SkipArchive: true });
  });

  test('a missing database is named, and not created', async () => {
    const sink = sampleSink({ database: 'no_existe' });
    const applied = createGlueSink(catalog.client).apply(sampleCommit(), sink, newest);
    await expect(applied).rejects.toThrow(
      'no_existe.ventas: database no_existe does not exist. Create it, or correct sink key database.',
    );
    await expect(applied).rejects.toMatchObject({ name: 'SinkError' });
    await expect(catalog.table('no_existe')).rejects.toThrow('not found');
  });

  test('an incompatible type changes nothing', async () => {
    const { apply, state } = await lake();
    await apply({ number: 1, schema: { a: 'text' } });
    const before = await state();
    await expect(apply({ number: 2, schema: { a: 'integer', b: 'text' } })).rejects.toThrow('column a is text');
    expect(await state()).toEqual(before);
  });

  test('a table with projection has no partitions', async () => {
    const { apply, state } = await lake({ projection: { from: '2026-01-01' } });
    expect(await apply({ number: 1 })).toMatchObject({ state: 'applied' });
    expect(await apply({ number: 2, schema: { nueva: 'text' } })).toMatchObject({ state: 'applied' });
    const { table, partitions } = await state();
    expect(columnsIn(table)).toEqual(['importe double', 'nueva string']);
    expect(table.Parameters?.['projection.enabled']).toBe('true');
    expect(partitions).toEqual([]);
  });

  test(`a reader that follows the partition sees whole commits, during ${replacements} replacements`, async () => {
    const { apply, database } = await lake();
    const parts = (number: number) => Array.from({ length: 1 + (number % 3) }, (_, part) => samplePart(part + 1));
    const commitOf = (number: number): SampleCommit => ({ number, parts: parts(number), source: database });
    const keyOf = (uri: string): string => {
      const location = parseUri(uri);
      return location?.kind === 's3' ? location.key : '';
    };
    const write = async (number: number) => {
      const { folder, manifest } = sampleCommit(commitOf(number));
      for (const { file } of manifest.parts)
        await s3.send(new PutObjectCommand({ Bucket: 'clean', Key: keyOf(joinUri(folder, file)), Body: `${number}` }));
      await apply(commitOf(number));
    };
    const seen: number[] = [];
    const read = async () => {
      const [partition] = await catalog.partitions(database);
      const Prefix = keyOf(partition?.StorageDescriptor?.Location ?? '');
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'clean', Prefix }));
      const commit = Number(partition?.Parameters?.['etl.commit']);
      const expected = sampleCommit(commitOf(commit));
      const files = expected.manifest.parts.map(({ file }) => keyOf(joinUri(expected.folder, file)));
      expect(Contents.map(({ Key }) => Key)).toEqual(files);
      for (const Key of files) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'clean', Key }));
        expect(await Body?.transformToString()).toBe(`${commit}`);
      }
      seen.push(commit);
    };

    await write(1);
    let isWriting = true;
    const readers = Array.from({ length: 2 }, async () => {
      while (isWriting) await read();
    });
    try {
      for (let number = 2; number <= replacements + 1; number++) await write(number);
    } finally {
      isWriting = false;
      await Promise.all(readers);
    }
    await read();
    expect(seen.at(-1)).toBe(replacements + 1);
    expect(new Set(seen).size).toBeGreaterThan(1);
  });
});
