import { projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { look, placeOf, prepare } from './support/batches';
import { useClocks } from './support/clock';
import { type Gate, gated, gatedFolders } from './support/gates';
import { atEveryStep } from './support/places';
import { onlookers } from './support/reader';

const { turns } = projectionSettings;
const settings = { ...projectionSettings, turns: { ...turns, pollMs: 1 } };

/**
 * Simulates a killed publisher: every operation from its n-th change on throws, including cleanup. A death before a
 * read has the same result as one before the next change.
 */
function dyingAt(n: number): Gate {
  let [changes, dead] = [0, false];
  return async (operation) => {
    dead ||= /^(write|writeIfAbsent|copy|move|remove|removeFolder)$/.test(operation) && changes++ >= n;
    if (dead) throw new Error('killed');
  };
}

const newClock = useClocks();

atEveryStep((open, stride) => {
  const atOnce = stride === 1 ? 5 : 2;
  test.each([
    ['the same run, launched again', 'victim', 1, 2],
    ['a newer run with fewer parts', 'heir', 3, 1],
  ])('%s publishes the right batch after a kill at any step', async (_name, heirName, heirStart, heirParts) => {
    const { store, fresh } = open();
    const round = async (n: number): Promise<boolean> => {
      const clock = newClock();
      const place = placeOf(fresh());
      await publish(store, place, await prepare(store, place, { name: 'before', startedAt: 0, parts: 1 }));
      const manifest = await prepare(store, place, { name: 'victim', startedAt: 1, parts: 2 });
      const gate = dyingAt(n);
      const dying = { ...settings, folders: gatedFolders(gate) };
      const ended = await publish(gated(store, gate), place, manifest, dying).then(
        () => true,
        () => false,
      );
      const seen = await look(store, place);
      if (ended) expect(seen).toEqual({ runId: 'victim' });
      const run = { name: heirName, startedAt: heirStart, parts: heirParts, generation: 2 };
      const next = await prepare(store, place, run);
      const readers = onlookers(store, place);
      // Claims expire after it has seen them for their whole life.
      const after = async (operation: string, uri: string) => {
        if (operation === 'list' && uri === place.claims) clock.skip(turns.lifeMs);
      };
      const heir = { ...settings, folders: gatedFolders(readers.gate) };
      await clock.within(() => publish(gated(store, readers.gate, after), place, next, heir));
      await readers.done();
      expect(await look(store, place)).toEqual({ runId: heirName });
      return ended;
    };
    let changes = 0;
    for (let ended = false; !ended; changes += atOnce * stride) {
      ended = (await Promise.all(Array.from({ length: atOnce }, (_, i) => round(changes + i * stride)))).some(Boolean);
    }
    expect(changes).toBeGreaterThan(8);
  });
});
