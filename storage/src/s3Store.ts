import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { parseUri } from '@etl/pipeline/uri';
import { type ByteRange, type ObjectInfo, type ObjectStore, StorageError } from './objectStore';
import { isConflict, isMissing, isPreconditionFailed, s3Work } from './s3Errors';

/** CopyObject takes up to 5 GB; a copy of more goes in parts. */
const maxSingleCopyBytes = 5 * 1024 ** 3;
const copyPartBytes = 512 * 1024 ** 2;
const uploadPartBytes = 16 * 1024 ** 2;
/** How often one read is taken up again at the byte where it broke. */
const readRetries = 5;

/** Objects in S3. */
export function createS3Store(client: S3Client): ObjectStore {
  const head = (uri: string): Promise<ObjectInfo | undefined> =>
    s3Work(uri, async () => {
      try {
        const answer = await client.send(new HeadObjectCommand(address(uri)));
        return {
          uri,
          bytes: answer.ContentLength ?? 0,
          fingerprint: answer.ETag ?? '',
          modifiedAt: answer.LastModified ?? new Date(0),
        };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });

  const put = async (uri: string, body: Buffer | string, onlyIfAbsent: boolean): Promise<void> => {
    const condition = onlyIfAbsent ? { IfNoneMatch: '*' } : {};
    await client.send(new PutObjectCommand({ ...address(uri), Body: Buffer.from(body), ...condition }));
  };

  return {
    head,
    openRead: (uri, range = {}) => s3Work(uri, () => openRead(client, uri, range)),
    readSmall: (uri) =>
      s3Work(uri, async () => {
        try {
          const answer = await client.send(new GetObjectCommand(address(uri)));
          return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      }),
    write: (uri, body) => s3Work(uri, () => put(uri, body, false)),
    writeIfAbsent: (uri, body) =>
      s3Work(uri, async () => {
        for (;;) {
          try {
            await put(uri, body, true);
            return true;
          } catch (error) {
            if (isPreconditionFailed(error)) return false;
            // 409: another conditional write is under way; whether it wins shows in the next answer.
            if (!isConflict(error)) throw error;
          }
        }
      }),
    upload: (localPath, uri) => s3Work(uri, () => upload(client, localPath, uri)),
    copy: (from, to) =>
      s3Work(from, async () => {
        const info = await head(from);
        if (!info) throw new StorageError('NotFound', from, 'there is no such object');
        if (info.bytes <= maxSingleCopyBytes) {
          await client.send(new CopyObjectCommand({ ...address(to), CopySource: copySource(from) }));
        } else {
          await copyInParts(client, from, to, info.bytes);
        }
      }),
    list: (prefixUri) => list(client, prefixUri),
    remove: (uri) => s3Work(uri, async () => void (await client.send(new DeleteObjectCommand(address(uri))))),
  };
}

function address(uri: string): { Bucket: string; Key: string } {
  const location = parseUri(uri);
  if (location?.kind === 's3' && location.key !== '') return { Bucket: location.bucket, Key: location.key };
  throw new StorageError('NotFound', uri, 'is no s3://bucket/key');
}

function copySource(uri: string): string {
  const { Bucket, Key } = address(uri);
  return `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
}

async function get(client: S3Client, uri: string, range: ByteRange & { ifMatch?: string }): Promise<Readable> {
  const { start, end, ifMatch } = range;
  try {
    const answer = await client.send(
      new GetObjectCommand({
        ...address(uri),
        ...((start !== undefined || end !== undefined) && {
          Range: `bytes=${start ?? 0}-${end === undefined ? '' : end - 1}`,
        }),
        ...(ifMatch !== undefined && { IfMatch: ifMatch }),
      }),
    );
    return answer.Body as Readable;
  } catch (error) {
    if (!isPreconditionFailed(error)) throw error;
    throw new StorageError('SourceChanged', uri, 'the object changed while it was being read', { cause: error });
  }
}

async function openRead(client: S3Client, uri: string, range: ByteRange & { ifMatch?: string }): Promise<Readable> {
  if (range.end !== undefined && range.end <= (range.start ?? 0)) return Readable.from([]);
  const info = await client.send(new HeadObjectCommand(address(uri)));
  const size = info.ContentLength ?? 0;
  const start = range.start ?? 0;
  const end = Math.min(range.end ?? size, size);
  if (range.ifMatch !== undefined && info.ETag !== range.ifMatch) {
    throw new StorageError('SourceChanged', uri, 'the object changed before it was read');
  }
  if (end <= start) return Readable.from([]);
  // Whatever is read later is of this version, asked for or not.
  const ifMatch = range.ifMatch ?? info.ETag;
  const pieces = readOn(client, uri, { start, end, ...(ifMatch !== undefined && { ifMatch }) });
  return Readable.from(pieces, { objectMode: false, highWaterMark: 1 << 20 });
}

/** Reads on at the byte where a stream broke or ended early. */
async function* readOn(client: S3Client, uri: string, range: { start: number; end: number; ifMatch?: string }) {
  let at = range.start;
  for (let broken = 0; at < range.end; ) {
    try {
      for await (const piece of await get(client, uri, { ...range, start: at })) {
        at += (piece as Buffer).length;
        broken = 0;
        yield piece as Buffer;
      }
      if (at < range.end) throw new Error(`the body ended ${range.end - at} bytes early`);
    } catch (error) {
      if (error instanceof StorageError || ++broken > readRetries) {
        await s3Work(uri, () => Promise.reject(error as Error));
      }
    }
  }
}

/** An upload that fails aborts its parts: nothing is left that costs. */
async function upload(client: S3Client, localPath: string, uri: string): Promise<void> {
  const { size } = await stat(localPath);
  const body = createReadStream(localPath, { highWaterMark: 1 << 20 });
  if (size <= uploadPartBytes) {
    await client.send(new PutObjectCommand({ ...address(uri), Body: body, ContentLength: size }));
    return;
  }
  const params = { ...address(uri), Body: body };
  await new Upload({ client, params, partSize: uploadPartBytes, queueSize: 2, leavePartsOnError: false }).done();
}

async function copyInParts(client: S3Client, from: string, to: string, bytes: number): Promise<void> {
  const target = address(to);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  try {
    const parts = [];
    for (let start = 0, number = 1; start < bytes; start += copyPartBytes, number++) {
      const CopySourceRange = `bytes=${start}-${Math.min(start + copyPartBytes, bytes) - 1}`;
      const source = { CopySource: copySource(from), CopySourceRange };
      const part = await client.send(new UploadPartCopyCommand({ ...target, UploadId, PartNumber: number, ...source }));
      parts.push({ PartNumber: number, ETag: part.CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    throw error;
  }
}

async function* list(client: S3Client, prefixUri: string): AsyncIterable<ObjectInfo> {
  const location = parseUri(prefixUri);
  if (location?.kind !== 's3') throw new StorageError('NotFound', prefixUri, 'is no s3://bucket/prefix');
  const { bucket: Bucket, key } = location;
  const Prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
  let ContinuationToken: string | undefined;
  do {
    const request = { Bucket, Prefix, ...(ContinuationToken !== undefined && { ContinuationToken }) };
    const page = await s3Work(prefixUri, () => client.send(new ListObjectsV2Command(request)));
    for (const { Key = '', Size = 0, ETag = '', LastModified = new Date(0) } of page.Contents ?? []) {
      yield { uri: `s3://${Bucket}/${Key}`, bytes: Size, fingerprint: ETag, modifiedAt: LastModified };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
