import { setTimeout as sleep } from 'node:timers/promises';
import { joinUri } from '@etl/lib/uri';
import type { Manifest } from '@etl/pipeline/manifest';
import { readNewestCommit } from '@etl/storage/commitLog';
import { gatherParts } from '@etl/storage/gatherParts';
import type { ObjectStore } from '@etl/storage/objectStore';
import { projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { examine } from '@etl/storage/removable';
import { removeFolders, storeTime } from '@etl/storage/vacuum';
import { MemoryStore } from '../support/fakePorts';
import { look, placeOf, prepare } from './support/batches';
import { useClocks } from './support/clock';
import { type Gate, gated, nothing } from './support/gates';
import { latch } from './support/latch';
import { onEveryStore } from './support/places';

const timings = { lifeMs: 90_000, useMs: 15_000, pollMs: 1 };
const settings = { ...projectionSettings, turns: timings };
const later = () => new Date(Date.now() + 20 * 86_400_000);

async function uris(store: ObjectStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { uri } of store.list(prefix)) found.push(uri);
  return found;
}

onEveryStore((open) => {
  const start = async () => {
    const { store, fresh } = open();
    const destination = fresh();
    const place = placeOf(destination);
    const retention = { days: 7, now: later() };
    for (const [index, name] of ['first', 'second'].entries())
      await publish(store, place, await prepare(store, place, { name, startedAt: index, parts: 3 }));
    return { store, place, destination, retention };
  };
  const chosen = async ({ store, place, retention }: Awaited<ReturnType<typeof start>>) =>
    new Set((await examine(store, place, retention)).removable.map(({ uri }) => uri));

  test('removes the folders of replaced commits and dead runs, and keeps what readers see', async () => {
    const batch = await start();
    const { store, place, retention } = batch;
    const removed = await removeFolders(store, place, await chosen(batch), retention);
    expect(removed.map(({ reason }) => reason)).toEqual(['replaced', 'abandoned', 'abandoned']);
    expect(await look(store, place)).toEqual({ runId: 'second' });
    const newest = await readNewestCommit(store, place);
    expect(await uris(store, place.commitFolders)).toEqual(
      newest?.manifest.parts.map(({ location }) => place.part(location)),
    );
    expect(await uris(store, place.works)).toEqual([]);
    expect(await uris(store, place.removals)).toEqual([]);
    expect(await removeFolders(store, place, await chosen(batch), retention)).toEqual([]);
  });

  test('removes nothing that was not chosen, and nothing that is needed again', async () => {
    const batch = await start();
    const { store, place, retention } = batch;
    expect(await removeFolders(store, place, new Set(), retention)).toEqual([]);
    const before = await chosen(batch);
    await store.write(joinUri(place.sink('catalogo'), 'status.json'), '{"type":"glue","applied":1,"at":""}');
    const removed = await removeFolders(store, place, before, retention);
    expect(removed.map(({ reason }) => reason)).not.toContain('replaced');
  });

  test('uses the clock of the store', async () => {
    const { store, destination } = await start();
    expect(Math.abs((await storeTime(store, destination)).getTime() - Date.now())).toBeLessThan(60_000);
    expect(await uris(store, joinUri(destination, '_etl', '_clock'))).toEqual([]);
  });
});

/**
 * A batch with a commit, and the parts of a run that died long ago after gathering them. `launch` is another launch of
 * that run: it adopts the converted parts, and gathers and commits them.
 */
async function withDeadRun() {
  const store = new MemoryStore();
  const place = placeOf('s3://lake');
  await publish(store, place, await prepare(store, place, { name: 'first', startedAt: 1, parts: 1 }));
  await publish(store, place, await prepare(store, place, { name: 'second', startedAt: 2, parts: 1 }));
  const manifest = await prepare(store, place, { name: 'revived', startedAt: 3, parts: 9 });
  await gatherParts(store, place, manifest);
  store.now = later();
  const retention = { days: 7, now: store.now };
  const chosen = new Set((await examine(store, place, retention)).removable.map(({ uri }) => uri));
  const write = (through: ObjectStore, generation: number, ready: Manifest) =>
    through
      .write(joinUri(place.work('revived', generation), 'progress.json'), '{}')
      .then(() => publish(through, place, { ...ready, generation }, settings));
  return {
    store,
    place,
    launch: (gate: Gate = nothing) => write(gated(store, gate), 2, manifest),
    vacuum: (gate: Gate = nothing, after: Gate = nothing) =>
      removeFolders(gated(store, gate, after), place, chosen, retention, timings),
    /** A launch whose work was removed converts again. */
    async convertAgain() {
      await write(store, 3, await prepare(store, place, { name: 'revived', startedAt: 3, parts: 9, generation: 3 }));
    },
  };
}

type Batch = Awaited<ReturnType<typeof withDeadRun>>;

/** Every part of the newest commit is there, and readers see it. */
async function isWhole({ store, place }: Batch): Promise<string | undefined> {
  const newest = await readNewestCommit(store, place);
  const missing = newest?.manifest.parts.filter(({ location }) => !store.objects.has(place.part(location)));
  expect(missing).toEqual([]);
  expect(await look(store, place)).toEqual({ runId: newest?.manifest.runId });
  return newest?.manifest.runId;
}

/** A launch fails without a commit if its work is gone, and then runs again. */
async function settle(batch: Batch, launch: Promise<unknown>): Promise<void> {
  await launch.catch((error) => {
    expect(error).toMatchObject({ code: 'NotFound' });
    return batch.convertAgain();
  });
  expect(await isWhole(batch)).toBe('revived');
}

async function countSteps(run: (batch: Batch, gate: Gate) => Promise<unknown>): Promise<number> {
  let steps = 0;
  await run(await withDeadRun(), async () => void steps++);
  return steps;
}

/** Returns a gate that waits before the n-th step, counted from 0. */
function pausedAt(n: number) {
  const [arrived, resumed] = [latch(), latch()];
  let step = 0;
  const gate: Gate = async () => {
    if (step++ !== n) return;
    arrived.open();
    await resumed.opened;
  };
  return { gate, arrived: arrived.opened, resume: resumed.open };
}

const upTo = (steps: number) => Array.from({ length: steps }, (_, n) => n);

describe('beside a launch that adopts the folder of its dead run', () => {
  test('a vacuum at any step of the launch loses no part of its commit', async () => {
    for (const n of upTo(await countSteps((batch, gate) => batch.launch(gate)))) {
      const batch = await withDeadRun();
      const { gate, arrived, resume } = pausedAt(n);
      const launch = batch.launch(gate);
      launch.catch(() => undefined);
      await arrived;
      await batch.vacuum();
      resume();
      await settle(batch, launch);
    }
  });

  test('a launch at any step of the vacuum loses no part of its commit', async () => {
    for (const n of upTo(await countSteps((batch, gate) => batch.vacuum(gate)))) {
      const batch = await withDeadRun();
      const { gate, arrived, resume } = pausedAt(n);
      const vacuum = batch.vacuum(gate);
      await arrived;
      const launch = batch.launch();
      launch.catch(() => undefined);
      // The launch ends, or waits for the vacuum.
      await Promise.race([launch.catch(() => undefined), sleep(15)]);
      resume();
      await vacuum;
      await settle(batch, launch);
    }
  });

  describe('with clocks', () => {
    const clock = useClocks();

    test('a vacuum that was suspended for longer than its claim lives removes nothing from the commit', async () => {
      for (const n of [0, 1, 2]) {
        const batch = await withDeadRun();
        const { gate, arrived, resume } = pausedAt(n);
        const [mine, theirs] = [clock(), clock()];
        const after: Gate = (name, uri) => (name === 'remove' ? gate(name, uri) : Promise.resolve());
        const vacuum = mine.within(() => batch.vacuum(nothing, after));
        await arrived;
        await theirs.within(async () => {
          const launch = batch.launch();
          launch.catch(() => undefined);
          await sleep(15);
          theirs.skip(100_000);
          await settle(batch, launch);
        });
        mine.skip(100_000);
        resume();
        await vacuum;
        expect(await isWhole(batch)).toBe('revived');
      }
    });
  });
});

test('a vacuum that was killed at any step is completed by the next one, and delays no launch for good', async () => {
  const steps = await countSteps((batch, gate) => batch.vacuum(gate));
  expect(steps).toBeGreaterThan(20);
  for (const n of upTo(steps)) {
    const batch = await withDeadRun();
    let step = 0;
    const killed = batch.vacuum(async () => {
      if (step++ >= n) throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await isWhole(batch)).toBe('second');
    await batch.vacuum();
    expect(await uris(batch.store, batch.place.works)).toEqual([]);
    expect(await uris(batch.store, batch.place.commitFolders)).toHaveLength(1);
  }
});
