import { randomUUID } from 'node:crypto';
import { createGlueSink } from '../../../../aws/sinks/glue/writer';
import type { Ministack } from '../../../../local/ministack/server';
import { startTestMinistack } from '../../../support/ministack';
import { columnsIn, newest, type SampleCommit, sampleCommit, sampleSink, TestCatalog } from './support';

const withMinistack = process.env.ETL_TEST_MINISTACK ? describe : describe.skip;

/*
 * ministack enforces VersionId, but has no UpdatePartition: replaced partitions are in partitions.test.ts. Neither
 * stand-in has Lake Formation, quotas, or the errors of an overloaded catalog.
 */
withMinistack('versions of a table in ministack', () => {
  let ministack: Ministack;
  let catalog: TestCatalog;
  beforeAll(async () => {
    ministack = await startTestMinistack(['glue']);
    catalog = new TestCatalog(ministack.endpoint);
  }, 60_000);
  afterAll(async () => {
    catalog.client.destroy();
    await ministack.stop();
  });

  async function lake() {
    const database = `lago_${randomUUID().replace(/-/g, '')}`;
    await catalog.createDatabase(database);
    const apply = (commit: SampleCommit, call = newest) =>
      createGlueSink(catalog.client).apply(sampleCommit(commit), sampleSink({ database }), call);
    return { database, apply };
  }

  test.each([
    ['a new table', false],
    ['an existing table', true],
  ])('twenty parallel batches that each add a column to %s lose none', async (_, exists) => {
    const { database, apply } = await lake();
    if (exists) await apply({ source: 'primera', schema: { comun: 'text' } });
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    const states = await Promise.all(
      numbers.map((n) => apply({ source: `tienda_${n}`, schema: { comun: 'text', [`columna_${n}`]: 'double' } })),
    );
    expect(states.map(({ state }) => state)).toEqual(numbers.map(() => 'applied'));
    const columns = columnsIn(await catalog.table(database));
    expect([...columns].sort()).toEqual(['comun string', ...numbers.map((n) => `columna_${n} double`)].sort());
    expect(await catalog.partitions(database)).toHaveLength(20 + Number(exists));
  });

  test('a column that another batch adds between the read and the change of a table is kept', async () => {
    const { database, apply } = await lake();
    await apply({ source: 'a', schema: { comun: 'int32' } });
    let isFirst = true;
    const call = {
      ...newest,
      mayProceed: async () => {
        if (isFirst) {
          isFirst = false;
          await apply({ source: 'b', schema: { comun: 'integer', otra: 'text' } });
        }
        return true;
      },
    };
    await apply({ source: 'c', schema: { comun: 'int32', nueva: 'date' } }, call);
    expect(columnsIn(await catalog.table(database))).toEqual(['comun bigint', 'otra string', 'nueva date']);
  });
});
