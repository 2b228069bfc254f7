import { writeFile } from 'node:fs/promises';
import { joinUri, parseUri } from '@etl/lib/uri';
import { cleanWork } from '@etl/storage/cleanWork';
import { publish } from '@etl/storage/publish';
import { look, placeOf, prepare } from './support/batches';
import { onEveryStore } from './support/places';

const hour = 3600;
const inTwoHours = () => new Date(Date.now() + 2 * hour * 1000);

onEveryStore((open) => {
  const start = async () => {
    const { store, fresh } = open();
    const place = placeOf(fresh());
    await publish(store, place, await prepare(store, place, { name: 'first', startedAt: 1, parts: 2 }));
    const second = await prepare(store, place, { name: 'second', startedAt: 2, parts: 2 });
    await prepare(store, place, { name: 'abandoned', startedAt: 3, parts: 2 });
    const rejects = 'work/rejecting-1/rejects.jsonl';
    await store.write(joinUri(place.internal, rejects), '{}');
    await publish(store, place, { ...second, rejects: [rejects] });
    return { store, place };
  };

  test('removes unreferenced files, and keeps the parts and rejects of every commit', async () => {
    const { store, place } = await start();
    await store.write(joinUri(place.claims, '1-dead'), '');
    await store.write(joinUri(place.projections, '1-dead', 'next', 'x'), '');
    const removed = await cleanWork(store, place, { graceSeconds: hour, now: inTwoHours() });
    expect(removed).toEqual([place.work('abandoned', 1)]);
    const left = new Set<string>();
    for await (const { uri } of store.list(place.internal))
      left.add(
        uri
          .slice(place.internal.length + 1)
          .split('/')
          .slice(0, 2)
          .join('/'),
      );
    expect([...left].sort()).toEqual(
      ['commits/000001.json', 'commits/000002.json', 'work/first-1', 'work/rejecting-1', 'work/second-1'].sort(),
    );
    expect(await look(store, place)).toEqual({ runId: 'second' });
    expect(await cleanWork(store, place, { graceSeconds: hour, now: inTwoHours() })).toEqual([]);
  });

  test('removes nothing while any work folder is younger than the grace period', async () => {
    const { store, place } = await start();
    expect(await cleanWork(store, place, { graceSeconds: 3 * hour, now: inTwoHours() })).toEqual([]);
    expect(await store.head(joinUri(place.work('abandoned', 1), 'part-00001.parquet'))).toBeDefined();
  });

  test('removes the unlisted draft of a killed writer', async () => {
    const { store, place } = await start();
    const location = parseUri(joinUri(place.commits, '.draft-left'));
    if (location?.kind !== 'file') return;
    await writeFile(location.path, 'half');
    for await (const { uri } of store.list(place.commits)) expect(uri).not.toContain('draft');
    await cleanWork(store, place, { graceSeconds: hour, now: inTwoHours() });
    await expect(writeFile(location.path, '', { flag: 'wx' })).resolves.toBeUndefined();
  });
});
