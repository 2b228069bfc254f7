import { joinUri } from '@etl/lib/uri';
import { gatherParts } from '@etl/storage/gatherParts';
import { publish } from '@etl/storage/publish';
import { examine } from '@etl/storage/removable';
import { writeSinkStatus } from '@etl/storage/sinkStatus';
import { MemoryStore } from '../support/fakePorts';
import { placeOf, prepare } from './support/batches';

const place = placeOf('s3://lake');
const day = (number: number) => new Date(Date.UTC(2026, 1, number));

/** A batch with three commits, of days 1, 5 and 20, without work folders. */
async function withCommits() {
  const store = new MemoryStore();
  const folders: string[] = [];
  for (const [index, at] of [1, 5, 20].entries()) {
    store.now = day(at);
    const manifest = await prepare(store, place, { name: `run-${index + 1}`, startedAt: index, parts: 2 });
    const { manifest: done } = await publish(store, place, manifest);
    folders.push(place.part(done.parts[0]?.location ?? '').replace(/\/[^/]+$/, ''));
    for (const uri of [...store.objects.keys()]) if (uri.startsWith(`${place.works}/`)) await store.remove(uri);
  }
  return { store, folders };
}

const found = async (store: MemoryStore, now: Date, days = 7) => {
  const { removable, ...rest } = await examine(store, place, { days, now });
  return { ...rest, removable: removable.map(({ uri, reason }) => `${reason} ${uri.split('/').at(-1)}`) };
};
const named = (uri: string | undefined) => `replaced ${uri?.split('/').at(-1)}`;

test('the folder of a replaced commit is removable when the retention has passed since its replacement', async () => {
  const { store, folders } = await withCommits();
  expect((await found(store, day(20))).removable).toEqual([named(folders[0])]);
  expect((await found(store, day(27))).removable).toEqual([named(folders[0])]);
  expect((await found(store, day(28))).removable).toEqual([named(folders[0]), named(folders[1])]);
  expect((await found(store, day(28), 30)).removable).toEqual([]);
});

test('never offers the folder of the newest commit, whatever the retention', async () => {
  const { store, folders } = await withCommits();
  expect((await found(store, day(400), 0)).removable).toEqual([named(folders[0]), named(folders[1])]);
});

test('reports the bytes and the objects of a folder, and since when it is not needed', async () => {
  const { store } = await withCommits();
  const { removable } = await examine(store, place, { days: 7, now: day(20) });
  expect(removable).toMatchObject([{ since: day(5), bytes: 128, objects: [expect.any(String), expect.any(String)] }]);
});

test.each<[string, number | undefined, string[]]>([
  ['has the first commit', 1, []],
  ['has the second commit', 2, ['run-1']],
  ['has the newest commit', 3, ['run-1', 'run-2']],
  ['has applied nothing', undefined, []],
  ['is ahead of the log', 4, []],
])('keeps the commits from that on which a sink has: one that %s', async (_what, applied, runs) => {
  const { store } = await withCommits();
  const failed = { commit: 3, reason: 'denied' };
  const status = { type: 'glue', at: day(20).toISOString(), failed } as const;
  await writeSinkStatus(store, place, 'catalogo', applied === undefined ? status : { ...status, applied });
  const { removable, kept } = await found(store, day(60));
  expect(removable.map((text) => text.replace(/^replaced (.*)-[0-9a-f]{12}$/, '$1'))).toEqual(runs);
  const reason = 'the sink catalogo lacks the newest commit';
  expect(kept.map((each) => each.reason)).toEqual(Array.from({ length: 2 - runs.length }, () => reason));
});

test('keeps every commit while a sink has files but no status', async () => {
  const { store } = await withCommits();
  await store.write(joinUri(place.sink('almacen'), '1-copy-manifest.json'), '{}');
  expect((await found(store, day(60))).removable).toEqual([]);
});

test('keeps every commit while the publication of the newest one is unfinished', async () => {
  const { store } = await withCommits();
  await store.remove(joinUri(place.published, '_SUCCESS'));
  const { removable, kept } = await found(store, day(60));
  expect(removable).toEqual([]);
  expect(kept.map(({ reason }) => reason)).toContain('the publication of the newest commit is unfinished');
});

describe('parts that no commit refers to', () => {
  const dead = async () => {
    const { store } = await withCommits();
    store.now = day(21);
    await gatherParts(store, place, await prepare(store, place, { name: 'dead', startedAt: 9, parts: 1 }));
    return store;
  };

  test('are removable when they and the work of their run are old', async () => {
    const store = await dead();
    const names = async (now: Date) => (await found(store, now)).removable.map((text) => text.replace(/-\w+$/, ''));
    // The run may resume until the grace period of work folders has passed.
    expect(await names(day(29))).toEqual(['replaced run-1', 'replaced run-2']);
    expect((await names(day(31))).sort()).toEqual(
      ['abandoned dead', 'replaced run-1', 'replaced run-2', 'unreferenced dead'].sort(),
    );
  });

  test('stay while another launch of their run is at work, as do all work folders', async () => {
    const store = await dead();
    store.now = day(40);
    await store.write(joinUri(place.work('dead', 2), 'progress.json'), '{}');
    const { removable, kept } = await found(store, day(41), 0);
    expect(removable.join()).not.toContain('dead');
    expect(kept).toContainEqual({
      uri: expect.stringContaining('/dead-'),
      reason: 'its run wrote less than 8 days ago',
    });
  });

  test('are removable after their retention while a launch of another run is at work', async () => {
    const store = await dead();
    store.now = day(40);
    await store.write(joinUri(place.work('other', 1), 'progress.json'), '{}');
    const { removable } = await found(store, day(41));
    expect(removable.filter((text) => text.includes('dead'))).toEqual([expect.stringMatching(/^unreferenced dead-/)]);
  });
});

test('offers claims and half-swapped folders of killed processes, and keeps files that commits refer to', async () => {
  const { store } = await withCommits();
  store.now = day(20);
  const rejects = 'work/rejecting-1/rejects-00001.jsonl';
  await store.write(joinUri(place.internal, rejects), '{}');
  const manifest = await prepare(store, place, { name: 'rejecting', startedAt: 8, parts: 1 });
  await publish(store, place, { ...manifest, rejects: [rejects] });
  await store.write(joinUri(place.claims, '1-0a'), '');
  await store.write(joinUri(place.removals, '1-0b'), '');
  await store.write(joinUri(place.projections, '1-0c', 'next', 'part-00001.parquet'), 'x');
  const examined = await examine(store, place, { days: 7, now: day(45) });
  const removable = examined.removable.filter(({ reason }) => reason === 'abandoned');
  expect(removable.map(({ uri, objects }) => [uri.slice(place.internal.length + 1), objects.length])).toEqual([
    ['work/rejecting-1', 1],
    ['claims/1-0a', 1],
    ['removals/1-0b', 1],
    ['projections/1-0c', 1],
  ]);
  expect(removable[0]?.objects).not.toContain(joinUri(place.internal, rejects));
});

test('leaves foreign objects alone', async () => {
  const { store, folders } = await withCommits();
  const foreign = [
    `${folders[0]}/notes.txt`,
    `${folders[0]}/part-00001.parquet/x`,
    `${folders[0]}//part-00001.parquet`,
    joinUri(place.commitFolders, 'loose.parquet'),
    `${place.commitFolders}/../x-0123456789ab/part-00001.parquet`,
    `${place.commitFolders}/%2e%2e-0123456789ab/part-00001.parquet`,
    joinUri(place.commitFolders, 'copy of run', 'part-00001.parquet'),
    `${place.works}/mine/notes.txt`,
    `${place.works}/dead-1/\u001b[2J.json`,
    `${place.claims}/../keep`,
  ];
  for (const uri of foreign) await store.write(uri, 'x');
  const examined = await examine(store, place, { days: 0, now: day(400) });
  expect([...examined.foreign].sort()).toEqual([...foreign].sort());
  const objects = examined.removable.flatMap((each) => each.objects);
  expect(objects).toHaveLength(4);
  expect(objects.filter((uri) => foreign.includes(uri))).toEqual([]);
});
