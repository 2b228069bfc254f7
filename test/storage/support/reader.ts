import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { ObjectStore } from '@etl/storage/objectStore';
import { look } from './batches';

/** Looks at the published folder again and again until the work is done; a look that throws fails the whole. */
export async function whileReading<T>(
  store: ObjectStore,
  place: BatchLayout,
  work: () => Promise<T>,
  pauseMs = 20,
): Promise<T> {
  let reading = true;
  const reader = async () => {
    while (reading) {
      await look(store, place);
      await sleep(pauseMs);
    }
  };
  const working = async () => {
    try {
      return await work();
    } finally {
      reading = false;
    }
  };
  const [result, looks] = await Promise.allSettled([working(), reader()]);
  if (looks.status === 'rejected') throw looks.reason;
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
