import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { createFileStore } from '@etl/storage/fileStore';
import type { ObjectStore } from '@etl/storage/objectStore';
import { createS3Store } from '@etl/storage/s3Store';
import { s3With } from '../../support/awsTestClients';
import { createByteStore } from '../../support/byteStore';
import { memoryFolder } from '../../support/memoryFolder';
import { startMoto } from '../../support/moto';
import { thorough } from '../../support/thorough';

/** A store under test. */
export interface Place {
  readonly store: ObjectStore;
  /** Returns a unique prefix. */
  fresh(): string;
  close(): Promise<void>;
}

export async function filePlace(): Promise<Place> {
  const folder = await mkdtemp(join(memoryFolder(), 'etl-storage-'));
  return {
    store: createFileStore(),
    fresh: () => fileUri(join(folder, randomUUID())),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function s3Place(): Promise<Place> {
  // Small pages, so that listings of a few objects have several.
  const moto = await startMoto({ MOTO_S3_DEFAULT_MAX_KEYS: '20' });
  const client = await s3With(moto.endpoint, 'lake');
  return {
    store: createS3Store(client),
    fresh: () => `s3://lake/${randomUUID()}`,
    close: async () => {
      client.destroy();
      await moto.stop();
    },
  };
}

/** S3 without a server. Batches on `s3://` are published by copies, not by moving folders. */
async function memoryPlace(): Promise<Place> {
  return { store: createByteStore(), fresh: () => `s3://lake/${randomUUID()}`, close: async () => undefined };
}

type Suite = (open: () => Place, stride: number) => void;

/** Runs a suite on files, and on S3 if moto is installed. */
export function onEveryStore(suite: Suite): void {
  on('files', filePlace, suite);
  on('S3', s3Place, suite, thorough ? 1 : 3);
}

/**
 * Runs a suite of every step of a publication on files, on a store in memory, and on S3 at every `stride`-th step, because
 * moto is much slower.
 */
export function atEveryStep(suite: Suite): void {
  on('files', filePlace, suite);
  on('memory', memoryPlace, suite);
  on('S3', s3Place, suite, thorough ? 1 : 13);
}

function on(name: 'files' | 'memory' | 'S3', start: () => Promise<Place>, suite: Suite, stride = 1): void {
  const define = name === 'S3' && !process.env.ETL_TEST_MOTO ? describe.skip : describe;
  define(name, () => {
    let place: Place | undefined;
    beforeAll(async () => {
      place = await start();
    }, 60_000);
    afterAll(() => place?.close());
    suite(() => {
      if (!place) throw new Error('the store is not started');
      return place;
    }, stride);
  });
}
