import { setTimeout as sleep } from 'node:timers/promises';
import { projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { look, placeOf, prepare } from './support/batches';
import { gated, gatedFolders } from './support/gates';
import { latch } from './support/latch';
import { atEveryStep } from './support/places';

/* An older publisher pauses before its n-th step while a newer one publishes, then resumes. */
atEveryStep((open, stride) => {
  test('a publisher paused at any step never corrupts the batch of a newer one', async () => {
    const { store, fresh } = open();
    let steps = 0;
    const place0 = placeOf(fresh());
    const count = async () => void steps++;
    const manifest0 = await prepare(store, place0, { name: 'old', startedAt: 1, parts: 3 });
    await publish(gated(store, count), place0, manifest0, { ...projectionSettings, folders: gatedFolders(count) });

    const at = Array.from({ length: Math.ceil(steps / stride) }, (_, n) => n * stride);
    const rounds = at.map(async (n) => {
      const place = placeOf(fresh());
      const older = await prepare(store, place, { name: 'old', startedAt: 1, parts: 3 });
      const newer = await prepare(store, place, { name: 'new', startedAt: 2, parts: 2 });
      const [arrived, atStep, stepped, afterStep] = [latch(), latch(), latch(), latch()];
      let step = 0;
      const stall = async () => {
        const mine = step++;
        if (mine === n) {
          arrived.open();
          await atStep.opened;
        }
        if (mine > n) {
          stepped.open();
          await afterStep.opened;
        }
      };
      const a = publish(gated(store, stall), place, older, { ...projectionSettings, folders: gatedFolders(stall) });
      await arrived.opened;
      const b = publish(store, place, newer);
      // The newer one finishes or waits for the older one. Then the older one takes one step, at the worst moment.
      await Promise.race([b, sleep(1500)]);
      atStep.open();
      await Promise.race([stepped.opened, a]);
      await look(store, place);
      afterStep.open();
      await Promise.all([a, b]);
      expect(await look(store, place)).toEqual({ runId: 'new' });
    });
    const broken = (await Promise.allSettled(rounds)).flatMap((r, n) =>
      r.status === 'rejected' ? [`step ${at[n]}: ${r.reason}`] : [],
    );
    expect(broken).toEqual([]);
  });
});
