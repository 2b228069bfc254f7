import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { mapFileErrors } from './fileErrors';
import { checkSmall, maxSmallBytes } from './objectStore';
import { address, prefixAddress } from './s3Address';
import { attemptsOf, isConflict, isMissing, isPreconditionFailed } from './s3Errors';

const uploadPartBytes = 8 * 1024 ** 2;
const maxUploadParts = 10_000;
const conflictRetries = 8;

/** Reads a small object; undefined if it does not exist. */
export async function readObject(client: S3Client, uri: string): Promise<Buffer | undefined> {
  try {
    const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand(address(uri)));
    if (ContentLength > maxSmallBytes && Body instanceof Readable) Body.destroy();
    checkSmall(uri, ContentLength);
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Creates an object if it is absent. @see ObjectStore.writeIfAbsent */
export async function putIfAbsent(client: S3Client, uri: string, body: Buffer): Promise<boolean> {
  for (let conflicts = 0; ; conflicts++) {
    try {
      await client.send(new PutObjectCommand({ ...address(uri), Body: body, IfNoneMatch: '*' }));
      return true;
    } catch (error) {
      // After a retry, the existing object may be our own, written by a request whose response was lost.
      if (isPreconditionFailed(error)) {
        return attemptsOf(error) + conflicts > 1 && (await readObject(client, uri))?.equals(body) === true;
      }
      // 409: another conditional write is in progress. The next response shows whether it succeeded.
      if (!isConflict(error) || conflicts === conflictRetries) throw error;
      await sleep(20 * 2 ** conflicts);
    }
  }
}

/** Uploads a file: up to one part from memory, so that the SDK can retry it, else as a multipart upload. */
export async function uploadFile(client: S3Client, localPath: string, uri: string): Promise<void> {
  const { size } = await mapFileErrors(localPath, () => stat(localPath));
  if (size <= uploadPartBytes) {
    const body = await mapFileErrors(localPath, () => readFile(localPath));
    await client.send(new PutObjectCommand({ ...address(uri), Body: body }));
    return;
  }
  const partSize = Math.max(uploadPartBytes, Math.ceil(size / maxUploadParts));
  const params = { ...address(uri), Body: createReadStream(localPath, { highWaterMark: 1 << 20 }) };
  await new Upload({ client, params, partSize, queueSize: 4, leavePartsOnError: false }).done();
}

/**
 * Aborts multipart uploads below a prefix from before the given time. Their parts cost money and appear in no listing.
 */
export async function abortUploads(client: S3Client, prefixUri: string, before: Date): Promise<void> {
  const { Bucket, Prefix } = prefixAddress(prefixUri);
  let markers: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (markers) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix, ...markers }),
    );
    for (const { Key, UploadId, Initiated = new Date(0) } of page.Uploads ?? []) {
      if (Initiated >= before) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(ignoreMissing);
    }
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
    const more = IsTruncated === true && NextKeyMarker !== undefined;
    markers = more
      ? { KeyMarker: NextKeyMarker, ...(NextUploadIdMarker !== undefined && { UploadIdMarker: NextUploadIdMarker }) }
      : undefined;
  }
}

/** Ignores uploads that another process has aborted or completed. */
function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
