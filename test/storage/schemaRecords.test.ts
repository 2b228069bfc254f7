import { joinUri } from '@etl/lib/uri';
import type { Manifest } from '@etl/pipeline/manifest';
import type { ObjectStore } from '@etl/storage/objectStore';
import { readSchemaRecords, saveSchema, schemaBefore } from '@etl/storage/schemaRecords';
import { placeOf, prepare } from './support/batches';
import { gated } from './support/gates';
import { onEveryStore } from './support/places';

onEveryStore((open) => {
  /** A dataset whose schemas are saved in sequence. Counts requests. */
  async function lab() {
    const { store, fresh } = open();
    const destination = fresh();
    const requests: string[] = [];
    const counted: ObjectStore = gated(store, async (operation) => void requests.push(operation));
    const template = await prepare(store, placeOf(destination), { name: 'a', startedAt: 1, parts: 0 });
    const keep = async (batchDate: string, source: string, columns: string, startedAt: number) => {
      const batch = { dataset: 'd', batchDate, source };
      const schema = columns.split('').map((name) => ({ name, type: 'text' as const, sourceName: name }));
      const runStartedAt = new Date(startedAt).toISOString();
      const manifest: Manifest = { ...template, schema, runStartedAt };
      requests.length = 0;
      const found = await readSchemaRecords(counted, destination, batch);
      const before = schemaBefore(found, batch);
      await saveSchema(counted, destination, batch, manifest, found);
      return before && `${before.batchDate}/${before.source}: ${before.schema.map(({ name }) => name).join('')}`;
    };
    return { keep, requests, store, destination };
  }

  test('reads two objects per commit for any number of sources, and writes no schema twice', async () => {
    const { keep, requests } = await lab();
    for (let n = 1; n <= 20; n++) await keep('2026-02-08', `s${n}`, 'ab', n);
    expect(requests).toEqual(['readSmall', 'readSmall', 'write']);
    expect(await keep('2026-02-08', 's20', 'ab', 21)).toBe('2026-02-08/s20: ab');
    expect(requests).toEqual(['readSmall', 'readSmall']);
  });

  test('keeps the latest run of the latest batch date, in any order', async () => {
    const { keep } = await lab();
    await keep('2026-02-08', 's', 'ab', 2);
    await keep('2026-02-08', 's', 'x', 1);
    await keep('2026-02-07', 's', 'y', 3);
    expect(await keep('2026-02-09', 's', 'ab', 4)).toBe('2026-02-08/s: ab');
  });

  test('compares a source without an earlier record with its dataset', async () => {
    const { keep } = await lab();
    expect(await keep('2026-02-07', 's', 'a', 1)).toBeUndefined();
    expect(await keep('2026-02-08', 't', 'b', 2)).toBe('2026-02-07/s: a');
    expect(await keep('2026-02-06', 'u', 'c', 3)).toBeUndefined();
  });

  test('sources and datasets do not share a record', async () => {
    const { keep, store, destination } = await lab();
    await keep('2026-02-07', 'd', 'a', 1);
    const names: string[] = [];
    for await (const { uri } of store.list(joinUri(destination, '_etl'))) names.push(uri.slice(destination.length));
    expect(names).toEqual(expect.arrayContaining(['/_etl/_schemas/d/_dataset.json', '/_etl/_schemas/d/d.json']));
  });
});
