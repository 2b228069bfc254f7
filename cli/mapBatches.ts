import type { Batch } from '@etl/pipeline/layout';
import { inTurn } from '../activities/inTurn';

/** Batches that are in memory at a time. */
const windowSize = 256;

/** Batches that are read at a time. */
const maxReads = 16;

/** Yields the results of `work` for each batch, in order. Memory does not depend on the number of batches. */
export async function* mapBatches<R>(
  batches: AsyncIterable<Batch>,
  work: (batch: Batch) => Promise<R>,
): AsyncIterable<R> {
  let window: Batch[] = [];
  for await (const batch of batches) {
    if (window.push(batch) < windowSize) continue;
    yield* await inTurn(window, maxReads, work);
    window = [];
  }
  yield* await inTurn(window, maxReads, work);
}
