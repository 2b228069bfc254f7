import { writeFile } from 'node:fs/promises';
import { joinUri, parseUri } from '@etl/lib/uri';
import { cleanWork } from '@etl/storage/cleanWork';
import { readNewestCommit } from '@etl/storage/commitLog';
import { gatherParts } from '@etl/storage/gatherParts';
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
    expect(removed.sort()).toEqual(['abandoned', 'first', 'second'].map((run) => place.work(run, 1)));
    const foldersBelow = async (prefix: string, levels: number) => {
      const left = new Set<string>();
      for await (const { uri } of store.list(prefix))
        left.add(
          uri
            .slice(prefix.length + 1)
            .split('/')
            .slice(0, levels)
            .join('/'),
        );
      return [...left].sort();
    };
    expect(await foldersBelow(place.internal, 2)).toEqual(
      ['commits/000001.json', 'commits/000002.json', 'work/rejecting-1'].sort(),
    );
    expect(await foldersBelow(place.commitFolders, 1)).toEqual([
      expect.stringMatching(/^first-/),
      expect.stringMatching(/^second-/),
    ]);
    expect(await look(store, place)).toEqual({ runId: 'second' });
    expect(await cleanWork(store, place, { graceSeconds: hour, now: inTwoHours() })).toEqual([]);
  });

  test('removes the commit folder of a launch that did not commit', async () => {
    const { store, place } = await start();
    const late = await prepare(store, place, { name: 'late', startedAt: 0, parts: 1 });
    const [part] = (await gatherParts(store, place, late)).parts;
    const committed = await readNewestCommit(store, place);
    await cleanWork(store, place, { graceSeconds: hour, now: inTwoHours() });
    expect(await store.head(place.part(part?.location ?? ''))).toBeUndefined();
    for (const { location } of committed?.manifest.parts ?? [])
      expect(await store.head(place.part(location))).toBeDefined();
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
