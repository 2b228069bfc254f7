import { setImmediate } from 'node:timers/promises';
import { watchTurns } from './turns';

/** Uses the processor for so many seconds. */
function work(seconds: number): void {
  for (const begun = process.cpuUsage(); process.cpuUsage(begun).user < seconds * 1e6; );
}

it('sees what holds up the event loop, and not the sum of what does not', async () => {
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

it('sees work that goes on in promises alone', async () => {
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
