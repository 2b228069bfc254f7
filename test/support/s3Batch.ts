import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { type Row, readBatch } from './parquet';

/** Reads all rows of a batch published in a bucket. */
export async function readS3Batch(s3: S3Client, Bucket: string, batch: string): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'etl-batch-'));
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${batch}/` }));
    for (const { Key = '' } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      await writeFile(join(folder, basename(Key)), (await Body?.transformToByteArray()) ?? '');
    }
    return await readBatch(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
