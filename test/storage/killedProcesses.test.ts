import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { joinUri } from '@etl/lib/uri';
import { createFileStore } from '@etl/storage/fileStore';
import { projectionSettings } from '@etl/storage/projection';
import { publish } from '@etl/storage/publish';
import { thorough } from '../support/thorough';
import { look, placeOf, prepare } from './support/batches';
import { startPublisher } from './support/publisherProcess';

/** Short claims, because the processes are really killed. */
const settings = { ...projectionSettings, turns: { lifeMs: 300, useMs: 100, pollMs: 20 } };

/** Simulated kills are at every step (killed.test.ts). */
const stride = thorough ? 1 : 3;

test('the next publisher publishes the right batch after a SIGKILL at any step', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'etl-killed-'));
  const store = createFileStore();
  try {
    let ended = false;
    for (let n = 0; !ended; n += 4 * stride) {
      const round = async (at: number): Promise<boolean> => {
        const destination = fileUri(join(folder, String(at)));
        const place = placeOf(destination);
        await publish(store, place, await prepare(store, place, { name: 'before', startedAt: 0, parts: 2 }));
        const manifest = await prepare(store, place, { name: 'victim', startedAt: 1, parts: 2 });
        const child = startPublisher(destination, manifest, at);
        const [code, signal] = await once(child, 'exit');
        if (code !== 0) expect(signal).toBe('SIGKILL');
        await look(store, place);
        await publish(store, place, await prepare(store, place, { name: 'heir', startedAt: 2, parts: 1 }), settings);
        expect(await look(store, place)).toEqual({ runId: 'heir' });
        const first = JSON.parse((await readFile(new URL(place.commit(1)))).toString());
        expect(first.runId).toBe('before');
        return code === 0;
      };
      ended = (await Promise.all([0, 1, 2, 3].map((at) => round(n + at * stride)))).some(Boolean);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('of real processes racing for one commit, exactly one commits and the others find it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'etl-racing-'));
  const store = createFileStore();
  try {
    for (let round = 0; round < (thorough ? 3 : 1); round++) {
      const destination = fileUri(join(folder, String(round)));
      const place = placeOf(destination);
      const manifest = await prepare(store, place, { name: 'run', startedAt: 1, parts: 2 });
      const racers = Array.from({ length: 4 }, (_, i) =>
        startPublisher(destination, { ...manifest, generation: i + 1 }),
      );
      const outcomes = await Promise.all(
        racers.map(async (child) => {
          const pieces: Buffer[] = [];
          child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
          await once(child, 'close');
          return Buffer.concat(pieces).toString();
        }),
      );
      expect(outcomes.sort()).toEqual(['already', 'already', 'already', 'committed']);
      expect(await look(store, place)).toEqual({ runId: 'run' });
      expect(await store.head(joinUri(place.commits, '000002.json'))).toBeUndefined();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
