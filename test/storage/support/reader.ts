import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { ObjectStore } from '@etl/storage/objectStore';
import { look } from './batches';
import type { Gate } from './gates';

/** Reads the published folder repeatedly until the work is done. Throws errors of a read. */
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

/**
 * Readers at the worst moments: each starts its read before a change of the published folder, which does not wait for
 * it.
 */
export function onlookers(store: ObjectStore, place: BatchLayout): { gate: Gate; done(): Promise<void> } {
  const looks: Promise<PromiseSettledResult<unknown>[]>[] = [];
  return {
    gate: async (operation, uri) => {
      const changes =
        operation === 'move' || (/^(copy|write|remove)$/.test(operation) && uri.startsWith(place.published));
      if (changes) looks.push(Promise.allSettled([look(store, place)]));
    },
    /** Throws errors of the reads. */
    done: async () => {
      for (const look of (await Promise.all(looks)).flat()) if (look.status === 'rejected') throw look.reason;
    },
  };
}
