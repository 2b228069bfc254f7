import { setImmediate } from 'node:timers/promises';
import { watchTurns } from './turns';

/** Uses a number of seconds of CPU time. */
function work(seconds: number): void {
  for (const begun = process.cpuUsage(); process.cpuUsage(begun).user < seconds * 1e6; );
}

it('measures the longest blocking of the event loop, not the sum of short turns', async () => {
  const turns = watchTurns();
  for (let piece = 0; piece < 20; piece++) {
    await setImmediate();
    work(0.01);
  }
  await setImmediate();
  const ofPieces = turns.longestSeconds;
  work(0.3);
  await setImmediate();
  turns.stop();
  expect(ofPieces).toBeLessThan(0.2);
  expect(turns.longestSeconds).toBeGreaterThanOrEqual(0.3);
  expect(turns.count).toBeGreaterThanOrEqual(20);
});

it('measures work that runs in promises only', async () => {
  const turns = watchTurns();
  await setImmediate();
  for (let piece = 0; piece < 30; piece++) {
    await undefined;
    work(0.01);
  }
  await setImmediate();
  turns.stop();
  expect(turns.longestSeconds).toBeGreaterThanOrEqual(0.3);
});
