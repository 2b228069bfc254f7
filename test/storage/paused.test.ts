import { projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { look, placeOf, prepare } from './support/batches';
import { type Clock, useClocks } from './support/clock';
import { gated, gatedFolders, nothing } from './support/gates';
import { latch } from './support/latch';
import { atEveryStep } from './support/places';

const { turns } = projectionSettings;
const settings = { ...projectionSettings, turns: { ...turns, pollMs: 1 } };

const newClock = useClocks();

/* Simulates a suspended machine: the older publisher pauses between two steps until its claim has expired. */
atEveryStep((open, stride) => {
  const atOnce = stride === 1 ? 8 : 3;
  test('a publisher whose claim expired during a pause no longer changes anything', async () => {
    const { store, fresh } = open();
    const round = async (n: number): Promise<boolean> => {
      const clock = newClock();
      return clock.within(() => roundBy(clock, n));
    };
    const roundBy = async (clock: Clock, n: number): Promise<boolean> => {
      const place = placeOf(fresh());
      const older = await prepare(store, place, { name: 'old', startedAt: 1, parts: 3 });
      const newer = await prepare(store, place, { name: 'new', startedAt: 2, parts: 2 });
      const [arrived, resume] = [latch(), latch()];
      let [step, resumed] = [0, false];
      const changes: string[] = [];
      // It pauses before checking whether it may proceed, or before reading: a request itself is never late.
      const pause = async (operation: string, uri: string) => {
        if (resumed && /^(copy|move|write|remove)$/.test(operation) && uri.startsWith(place.published)) {
          changes.push(`${operation} ${uri.slice(place.published.length)}`);
        }
      };
      const after = async () => {
        if (step++ !== n) return;
        arrived.open();
        await resume.opened;
        resumed = true;
      };
      const slow = { ...settings, folders: gatedFolders(pause, after) };
      const a = publish(gated(store, pause, after), place, older, slow);
      const reached = await Promise.race([arrived.opened.then(() => true), a.then(() => false)]);
      if (reached) {
        // Claims expire after the newer one has seen them for their whole life.
        const wait = async (operation: string, uri: string) => {
          if (operation === 'list' && uri === place.claims) clock.skip(turns.lifeMs);
        };
        await publish(gated(store, nothing, wait), place, newer, settings);
        const before = await look(store, place);
        resume.open();
        await a;
        expect(before).toEqual({ runId: 'new' });
        expect(changes).toEqual([]);
        expect(await look(store, place)).toEqual({ runId: 'new' });
      }
      return reached;
    };
    // Until a publisher finishes before its pause.
    for (let first = 0, done = false; !done; first += atOnce * stride) {
      const steps = Array.from({ length: atOnce }, (_, n) => first + n * stride);
      const rounds = await Promise.allSettled(steps.map(round));
      expect(rounds.flatMap((r, n) => (r.status === 'rejected' ? [`step ${steps[n]}: ${r.reason}`] : []))).toEqual([]);
      done = rounds.some((r) => r.status === 'fulfilled' && !r.value);
    }
  });
});
