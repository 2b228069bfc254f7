import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/pipeline/fileUri';
import { createFileStore } from '@etl/storage/fileStore';
import type { ObjectStore } from '@etl/storage/objectStore';
import { createS3Store } from '@etl/storage/s3Store';
import { s3With } from '../../support/awsTestClients';
import { startMoto } from '../../support/moto';

/** A store to test against. */
export interface Place {
  readonly store: ObjectStore;
  /** A prefix nobody else uses. */
  fresh(): string;
  close(): Promise<void>;
}

export async function filePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'etl-storage-'));
  return {
    store: createFileStore(),
    fresh: () => fileUri(join(folder, randomUUID())),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function s3Place(): Promise<Place> {
  const moto = await startMoto();
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

/** The same suite on files, and on S3 where moto is there. */
export function onEveryStore(suite: (open: () => Place) => void): void {
  const run = (name: string, start: () => Promise<Place>, define: typeof describe | typeof describe.skip) =>
    define(name, () => {
      let place: Place | undefined;
      beforeAll(async () => {
        place = await start();
      }, 60_000);
      afterAll(() => place?.close());
      suite(() => {
        if (!place) throw new Error('the store was not started');
        return place;
      });
    });
  run('files', filePlace, describe);
  run('S3', s3Place, process.env.ETL_TEST_MOTO ? describe : describe.skip);
}
