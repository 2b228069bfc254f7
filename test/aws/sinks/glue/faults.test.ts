import { randomUUID } from 'node:crypto';
import type { GlueClient } from '@aws-sdk/client-glue';
import { createGlueSink } from '../../../../aws/sinks/glue/writer';
import { type Moto, startMoto } from '../../../support/moto';
import { columnsIn, newest, type SampleCommit, sampleCommit, sampleSink, TestCatalog } from './support';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

/** Fails the `failing`-th call of a client, before or after the service has handled it. Returns the operations. */
function failCall(client: GlueClient, failing: number, when: 'before' | 'after'): string[] {
  const operations: string[] = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        operations.push(commandName);
        if (operations.length !== failing) return next(args);
        if (when === 'after') await next(args).catch(() => undefined);
        throw new Error('a lost request or response');
      },
    { step: 'initialize' },
  );
  return operations;
}

withMoto('a fault at every call', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  }, 60_000);
  afterAll(() => moto.stop());

  const first: SampleCommit = { number: 1, schema: { a: 'int32', b: 'text' } };
  const second: SampleCommit = { number: 2, schema: { a: 'integer', c: 'date' } };
  const scenarios: readonly [string, readonly SampleCommit[], SampleCommit, readonly string[]][] = [
    ['create', [], first, ['GetTable', 'CreateTable', 'CreatePartition']],
    ['replace', [first], second, ['GetTable', 'GetPartition', 'UpdateTable', 'UpdatePartition']],
    ['add', [first], { ...second, source: 'sur' }, ['GetTable', 'GetPartition', 'UpdateTable', 'CreatePartition']],
  ];

  /** Applies the commits to a new database, the last one with a fault and then again. Returns the state. */
  async function withFault(
    before: readonly SampleCommit[],
    commit: SampleCommit,
    failing: number,
    when: 'before' | 'after',
  ) {
    const catalog = new TestCatalog(moto.endpoint);
    const database = `lago_${randomUUID().replace(/-/g, '')}`;
    const sink = sampleSink({ database });
    try {
      await catalog.createDatabase(database);
      for (const each of before) await createGlueSink(catalog.client).apply(sampleCommit(each), sink, newest);
      const faulty = new TestCatalog(moto.endpoint);
      const operations = failCall(faulty.client, failing, when);
      const apply = () => createGlueSink(faulty.client).apply(sampleCommit(commit), sink, newest);
      const failed = await apply().then(
        () => false,
        () => true,
      );
      const last = failed ? await apply() : undefined;
      faulty.client.destroy();
      const table = await catalog.table(database);
      const partitions = (await catalog.partitions(database)).map(({ Values, Parameters, StorageDescriptor }) => ({
        ...{ Values, Parameters, StorageDescriptor },
      }));
      return { failed, last, operations, state: { columns: columnsIn(table), partitions } };
    } finally {
      catalog.client.destroy();
    }
  }

  test.each(scenarios)('%s: the next application completes the commit', async (_, before, commit, expected) => {
    const sound = await withFault(before, commit, 0, 'before');
    expect(sound.operations.map((name) => name.replace(/Command$/, ''))).toEqual(expected);
    for (let failing = 1; failing <= expected.length; failing++)
      for (const when of ['before', 'after'] as const) {
        const { failed, last, state } = await withFault(before, commit, failing, when);
        expect({ failing, when, failed, last: last?.state }).toEqual({ failing, when, failed: true, last: 'applied' });
        expect(state).toEqual(sound.state);
      }
  });
});
