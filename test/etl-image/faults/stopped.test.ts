import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from '../../support/container';
import { checkpointOf, leftovers, seen, shas } from './support/batch';

/** Less than a second of work. The last row widens a column, so that a second pass follows. */
const csv = `n,text,amount\n${Array.from({ length: 150_000 }, (_, n) => `${n},text ${n},${n === 149_999 ? '0.5' : n}\n`).join('')}`;
const settings = { RUN_ID: 'run', RUN_STARTED_AT: '2026-02-08T02:00:00Z', CHUNK_ROWS: '7500' };

test('exits with 143 within ten seconds of SIGTERM at any time, and the next generation resumes from the checkpoint', async () => {
  const whole = await Bench.create();
  const { manifest: undisturbed } = await whole.convert(csv, settings);
  await whole.remove();
  const adopted: number[] = [];
  // Rewritten chunks have the schema of the last one.
  for (const enough of [
    (chunks: readonly { schema?: string }[]) => chunks.length >= 1,
    (chunks: readonly { schema?: string }[]) => chunks.length >= 8,
    (chunks: readonly { schema?: string }[]) =>
      chunks.length === 20 && chunks.filter(({ schema }) => schema === chunks[19]?.schema).length >= 4,
  ]) {
    const bench = await Bench.create();
    try {
      const path = await bench.file('in.csv', csv);
      const { child, ended } = bench.start(bench.environment(path, settings));
      let over = false;
      void ended.then(() => {
        over = true;
      });
      while (!over && !enough((await checkpointOf(bench, 'run-1'))?.chunks ?? [])) await sleep(2);
      const before = Date.now();
      child.kill('SIGTERM');
      const { exitCode, last } = await ended;
      expect([exitCode, last.event]).toEqual([143, 'failed']);
      expect(Date.now() - before).toBeLessThan(10_000);
      expect(await seen(bench)).toBe('nothing');
      const next = await bench.run(path, { ...settings, GENERATION: '2' });
      expect([next.exitCode, next.last.status, await seen(bench)]).toEqual([0, 'committed', 'run']);
      expect(next.last.manifest && shas(next.last.manifest)).toEqual(shas(undisturbed));
      expect(next.last.manifest?.totals).toEqual(undisturbed.totals);
      expect(next.stdout).toContain('resuming with');
      expect(await leftovers(bench)).toEqual([]);
      adopted.push(next.last.manifest?.reused ?? 0);
    } finally {
      await bench.remove();
    }
  }
  // Chunks of the first pass have the narrower type; chunks of the second pass are not written again.
  expect(adopted[2]).toBeGreaterThanOrEqual(4);
});
