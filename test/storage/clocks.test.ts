import { setTimeout as sleep } from 'node:timers/promises';
import { joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { cleanWork } from '@etl/storage/cleanWork';
import { takeTurn } from '@etl/storage/turns';
import { clockErrors, notTheDate } from '../support/clocks';
import { placeOf, prepare } from './support/batches';
import { onEveryStore } from './support/places';

onEveryStore((open) => {
  afterEach(() => jest.useRealTimers());
  const setClock = (error: number) => jest.useFakeTimers({ now: Date.now() + error, doNotFake: notTheDate });

  describe('work folders have the age that their store reports', () => {
    const places = new Map<number, BatchLayout>();
    beforeAll(async () => {
      const { store, fresh } = open();
      for (const error of clockErrors) {
        const place = placeOf(fresh());
        await prepare(store, place, { name: 'mine', startedAt: 1, parts: 1 });
        await prepare(store, place, { name: 'other', startedAt: 2, parts: 1 });
        setClock(error);
        expect(await clean(place, 3600)).toEqual([]);
        jest.useRealTimers();
        expect(await store.head(joinUri(place.work('other', 1), 'part-00001.parquet'))).toBeDefined();
        places.set(error, place);
      }
      // The store's own clock has to advance: S3 counts in seconds.
      await sleep(2100);
    });
    const clean = (place: BatchLayout, graceSeconds: number) =>
      cleanWork(open().store, place, { graceSeconds, finished: [{ runId: 'mine', generation: 1 }] });

    test.each(clockErrors)('by a clock that is %i ms off', async (error) => {
      const place = places.get(error) as BatchLayout;
      setClock(error);
      await open().store.write(joinUri(place.work('mine', 1), 'progress.json'), '{}');
      expect(await clean(place, 1)).toContain(place.work('other', 1));
    });
  });

  test.each(clockErrors)('waits for a recent claim, by a clock that is %i ms off', async (error) => {
    const { store, fresh } = open();
    const place = placeOf(fresh());
    for (const number of [1, 2]) await store.write(place.commit(number), '{}');
    const older = joinUri(place.claims, '1-older');
    await store.write(older, '');
    setClock(error);
    let taken = false;
    const turn = takeTurn(store, place, 2, { lifeMs: 60_000, useMs: 15_000, pollMs: 20 }).then((mine) => {
      taken = true;
      return mine;
    });
    await sleep(300);
    expect(taken).toBe(false);
    await store.remove(older);
    await (await turn)?.end();
    expect(taken).toBe(true);
  });
});
