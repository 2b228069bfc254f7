import type { Batch } from '@etl/pipeline/layout';
import { mapBatches } from '../../cli/mapBatches';

test('yields the results in order, with few batches in memory and in progress at a time', async () => {
  let listed = 0;
  let yielded = 0;
  let running = 0;
  let mostRunning = 0;
  let mostAhead = 0;
  async function* batches(): AsyncIterable<Batch> {
    for (; listed < 2000; listed++) {
      mostAhead = Math.max(mostAhead, listed - yielded);
      yield { dataset: 'ventas', batchDate: '2026-02-08', source: String(listed) };
    }
  }
  const results = mapBatches(batches(), async ({ source }) => {
    mostRunning = Math.max(mostRunning, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return Number(source);
  });
  for await (const result of results) expect(result).toBe(yielded++);
  expect(yielded).toBe(2000);
  expect(mostRunning).toBe(16);
  expect(mostAhead).toBeLessThan(300);
});
