import { projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { look, placeOf, prepare } from './support/batches';
import { gated, gatedFolders } from './support/gates';
import { onEveryStore } from './support/places';
import { whileReading } from './support/reader';

/** A claim of a publisher that is really gone need not be waited for long. */
const settings = { ...projectionSettings, turns: { lifeMs: 2500, useMs: 1500, pollMs: 50 } };

/** Nothing a killed publisher would still do is done: every operation from the n-th on throws, clean-up included. */
function dyingAt(n: number) {
  let step = 0;
  const gate = async () => {
    if (step++ >= n) throw new Error('killed');
  };
  return { gate, steps: () => step };
}

onEveryStore((open) => {
  test.each([
    ['the same run, launched again', 'victim', 1, 2],
    ['a newer run with fewer parts', 'heir', 3, 1],
  ])('killed at any step: %s leaves the right batch', async (_name, heirName, heirStart, heirParts) => {
    const { store, fresh } = open();
    const round = async (n: number): Promise<boolean> => {
      const place = placeOf(fresh());
      await publish(store, place, await prepare(store, place, { name: 'before', startedAt: 0, parts: 1 }));
      const manifest = await prepare(store, place, { name: 'victim', startedAt: 1, parts: 2 });
      const { gate } = dyingAt(n);
      const dying = { ...settings, folders: gatedFolders(gate) };
      const ended = await publish(gated(store, gate), place, manifest, dying).then(
        () => true,
        () => false,
      );
      const seen = await look(store, place);
      if (ended) expect(seen).toEqual({ runId: 'victim' });
      const run = { name: heirName, startedAt: heirStart, parts: heirParts, generation: 2 };
      const next = await prepare(store, place, run);
      await whileReading(store, place, () => publish(store, place, next, settings), 100);
      expect(await look(store, place)).toEqual({ runId: heirName });
      return ended;
    };
    let steps = 0;
    for (let ended = false; !ended; steps += 8) {
      ended = (await Promise.all(Array.from({ length: 8 }, (_, i) => round(steps + i)))).some(Boolean);
    }
    expect(steps).toBeGreaterThan(16);
  });
});
