import { setTimeout as sleep } from 'node:timers/promises';
import { joinUri } from '@etl/lib/uri';
import type { Manifest } from '@etl/pipeline/manifest';
import { commit } from '@etl/storage/commit';
import { readCommits, readNewestCommit } from '@etl/storage/commitLog';
import { projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { look, placeOf, prepare } from './support/batches';
import { gated, gatedFolders } from './support/gates';
import { onEveryStore } from './support/places';
import { whileReading } from './support/reader';

onEveryStore((open, stride) => {
  const start = () => {
    const { store, fresh } = open();
    return { store, place: placeOf(fresh()) };
  };
  const namesBelow = async (prefix: string) => {
    const names: string[] = [];
    for await (const { uri } of open().store.list(prefix)) names.push(uri.slice(prefix.length + 1));
    return names;
  };

  test('replaces a batch with a corrected one with fewer parts, without surplus parts', async () => {
    const { store, place } = start();
    const first = await publish(store, place, await prepare(store, place, { name: 'a', startedAt: 1, parts: 4 }));
    expect(first).toMatchObject({ status: 'committed', number: 1 });
    expect(await look(store, place)).toEqual({ runId: 'a' });
    const second = await publish(store, place, await prepare(store, place, { name: 'b', startedAt: 2, parts: 2 }));
    expect(second).toMatchObject({ status: 'committed', number: 2 });
    expect(await look(store, place)).toEqual({ runId: 'b' });
    expect(await namesBelow(place.published)).toEqual([
      '_SUCCESS',
      '_manifest.json',
      'part-00001.parquet',
      'part-00002.parquet',
    ]);
    expect(await namesBelow(place.claims)).toEqual([]);
    expect(await namesBelow(place.projections)).toEqual([]);
    const numbers: number[] = [];
    for await (const { number } of readCommits(store, place)) numbers.push(number);
    expect(numbers).toEqual([2, 1]);
  });

  test('publishes a batch without rows', async () => {
    const { store, place } = start();
    await publish(store, place, await prepare(store, place, { name: 'a', startedAt: 1, parts: 2 }));
    await publish(store, place, await prepare(store, place, { name: 'b', startedAt: 2, parts: 0 }));
    expect(await namesBelow(place.published)).toEqual(['_SUCCESS', '_manifest.json']);
  });

  test('the same source again is already published, and nothing is written', async () => {
    const { store, place } = start();
    const manifest = await prepare(store, place, { name: 'a', startedAt: 1, parts: 2 });
    await publish(store, place, manifest);
    const writes: string[] = [];
    const watched = gated(store, async (operation) => {
      if (!['head', 'list', 'readSmall'].includes(operation)) writes.push(operation);
    });
    const again = await publish(watched, place, { ...manifest, runId: 'later', runStartedAt: '2026-03-01T00:00:00Z' });
    expect(again).toMatchObject({ status: 'already', number: 1, manifest: { runId: 'a' } });
    expect(writes).toEqual([]);
  });

  test('an older run is superseded, and nothing is written', async () => {
    const { store, place } = start();
    const older = await prepare(store, place, { name: 'old', startedAt: 1, parts: 3 });
    await publish(store, place, await prepare(store, place, { name: 'new', startedAt: 2, parts: 2 }));
    const writes: string[] = [];
    const watched = gated(store, async (operation) => {
      if (!['head', 'list', 'readSmall'].includes(operation)) writes.push(operation);
    });
    expect(await publish(watched, place, older)).toMatchObject({
      status: 'superseded',
      number: 1,
      manifest: { runId: 'new' },
    });
    expect(writes).toEqual([]);
    expect(await look(store, place)).toEqual({ runId: 'new' });
  });

  test.each(['_SUCCESS', '_manifest.json', 'part-00002.parquet'])('repairs a projection without %s', async (name) => {
    const { store, place } = start();
    const manifest = await prepare(store, place, { name: 'a', startedAt: 1, parts: 2 });
    await publish(store, place, manifest);
    await store.remove(joinUri(place.published, name));
    expect(await publish(store, place, manifest)).toMatchObject({ status: 'already' });
    expect(await look(store, place)).toEqual({ runId: 'a' });
  });

  test('does not commit a manifest whose parts are missing', async () => {
    const { store, place } = start();
    const manifest = await prepare(store, place, { name: 'a', startedAt: 1, parts: 2 });
    await store.remove(joinUri(place.internal, manifest.parts[1]?.location ?? ''));
    await expect(publish(store, place, manifest)).rejects.toMatchObject({ code: 'NotFound' });
    expect(await readNewestCommit(store, place)).toBeUndefined();
    expect(await namesBelow(place.published)).toEqual([]);
  });

  test('names an unreadable commit', async () => {
    const { store, place } = start();
    await store.write(place.commit(1), '{"version": 1');
    await expect(readNewestCommit(store, place)).rejects.toMatchObject({ code: 'Corrupt', uri: place.commit(1) });
  });

  test('at each step of a publication, a published manifest has its parts, even for readers that ignore _SUCCESS', async () => {
    const { store, place } = start();
    await publish(store, place, await prepare(store, place, { name: 'a', startedAt: 1, parts: 3 }));
    const manifest = await prepare(store, place, { name: 'b', startedAt: 2, parts: 2 });
    const seen = new Set<string>();
    const check = async () => {
      const body = await store.readSmall(joinUri(place.published, '_manifest.json'));
      if (!body) return;
      const { runId, parts } = JSON.parse(body.toString()) as Manifest;
      for (const { file } of parts) {
        const part = await store.readSmall(joinUri(place.published, file));
        expect(`${file} of ${part?.toString().split(':')[0]}`).toBe(`${file} of ${runId}`);
      }
      seen.add(runId);
    };
    await publish(gated(store, check, check), place, manifest, {
      ...projectionSettings,
      folders: gatedFolders(check, check),
    });
    expect([...seen]).toEqual(['a', 'b']);
  });

  test('projects a newer run that commits during a projection and dies before its own', async () => {
    const { store, place } = start();
    const older = await prepare(store, place, { name: 'old', startedAt: 1, parts: 2 });
    const newer = await prepare(store, place, { name: 'new', startedAt: 2, parts: 1 });
    let committed = false;
    const gate = async (operation: string) => {
      // Not while the parts are gathered: the older run could not commit then.
      if (operation !== 'copy' || !(await readNewestCommit(store, place)) || committed) return;
      committed = true;
      expect(await commit(store, place, newer)).toMatchObject({ status: 'committed', number: 2 });
    };
    expect(await publish(gated(store, gate), place, older)).toMatchObject({ status: 'committed', number: 1 });
    expect(await look(store, place)).toEqual({ runId: 'new' });
  });

  test('racing publishers: one commit per number, the highest fence is published, readers see only complete batches', async () => {
    const rounds = Array.from({ length: Math.ceil(6 / stride) }, async (_, round) => {
      const { store, place } = start();
      const names = ['p', 'q', 'r', 's'];
      const manifests = await Promise.all(
        names.map((name, i) =>
          prepare(store, place, { name, startedAt: (i * 3 + round) % 4, parts: 1 + ((i + round) % 3) }),
        ),
      );
      const jittery = () => gated(store, () => sleep(Math.random() * 6));
      const outcomes = await whileReading(
        store,
        place,
        () => Promise.all(manifests.map((manifest) => publish(jittery(), place, manifest))),
        20 * stride,
      );
      const committed = outcomes.filter(({ status }) => status === 'committed').map(({ number }) => number);
      expect([...committed].sort()).toEqual(committed.map((_number, i) => i + 1));
      const highest = [...manifests].sort((a, b) => (a.runStartedAt < b.runStartedAt ? 1 : -1))[0];
      expect((await readNewestCommit(store, place))?.manifest.runId).toBe(highest?.runId);
      expect(await look(store, place)).toEqual({ runId: highest?.runId });
    });
    await Promise.all(rounds);
  });
});
