import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { tryLock } from '../../local/lockFile';
import { type Random, randomFrom } from '../support/random';
import { thorough } from '../support/thorough';

/** File operations of `tryLock` that wait for their turn. Empty outside of `interleave`. */
const mockWaiting: (() => Promise<void>)[] = [];
let mockInTurn = false;

jest.mock('node:fs/promises', () => {
  const real = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');
  type Operation = (...input: unknown[]) => Promise<unknown>;
  const inTurn =
    (operation: Operation): Operation =>
    (...input) =>
      mockInTurn
        ? new Promise((resolve, reject) => {
            mockWaiting.push(() => operation(...input).then(resolve, reject));
          })
        : operation(...input);
  const operations = ['link', 'mkdir', 'readdir', 'readFile', 'rm', 'writeFile'] as const;
  return { ...real, ...Object.fromEntries(operations.map((name) => [name, inTurn(real[name] as Operation)])) };
});

/** Runs the actors, and carries out their file operations one at a time in a random order. */
async function interleave(random: Random, actors: readonly (() => Promise<void>)[]): Promise<void> {
  mockInTurn = true;
  try {
    let running = actors.length;
    const all = actors.map((actor) => actor().finally(() => running--));
    const done = Promise.allSettled(all);
    while (running > 0) {
      await turn();
      const [next] = mockWaiting.splice(random.below(mockWaiting.length), 1);
      await next?.();
    }
    await done;
    await Promise.all(all);
  } finally {
    mockInTurn = false;
  }
}

test('a lock has at most one holder, whatever the order of file operations', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'etl-locks-'));
  const file = join(folder, 'lock');
  const holder = { pid: process.pid, started: 'another boot:1', since: '2026-02-08T00:00:00Z', facts: {} };
  try {
    for (let seed = 1; seed <= (thorough ? 1000 : 100); seed++) {
      const random = randomFrom(seed);
      if (random.chance(0.7)) await writeFile(`${file}.${1 + random.below(3)}`, JSON.stringify(holder));
      let inside = 0;
      let taken = 0;
      let most = 0;
      const actor = async () => {
        for (let attempt = 0; attempt < 3; attempt++) {
          const lock = await tryLock(file, {});
          if (!('release' in lock)) continue;
          taken++;
          most = Math.max(most, ++inside);
          for (let hold = random.below(8); hold > 0; hold--) await readdir(folder);
          inside--;
          await lock.release();
        }
      };
      await interleave(
        random,
        Array.from({ length: 4 }, () => actor),
      );
      expect([seed, most, taken > 0]).toEqual([seed, 1, true]);
      expect([seed, await readdir(folder)]).toEqual([seed, []]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
