import { unescape as percentDecoded } from 'node:querystring';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { formatUri } from '@etl/lib/uri';
import { type ListOptions, type ObjectInfo, type ObjectStore, StorageError } from './objectStore';
import { address, prefixAddress } from './s3Address';
import { type CopyLimits, copyLimits, copyObject } from './s3Copy';
import { isMissing, mapS3Errors } from './s3Errors';
import { headObject } from './s3Head';
import { openObject } from './s3Read';
import { abortUploads, putIfAbsent, readObject, uploadFile } from './s3Write';

/** Creates a store of S3 objects. Fingerprints are ETags with their quotes, as S3 returns them. */
export function createS3Store(client: S3Client, limits: CopyLimits = copyLimits): ObjectStore {
  const head = (uri: string) => mapS3Errors(uri, () => infoOf(client, uri));
  return {
    head,
    openRead: (uri, range = {}) => mapS3Errors(uri, () => openObject(client, uri, range)),
    readSmall: (uri) => mapS3Errors(uri, () => readObject(client, uri)),
    write: (uri, body) =>
      mapS3Errors(uri, async () => {
        await client.send(new PutObjectCommand({ ...address(uri), Body: Buffer.from(body) }));
      }),
    writeIfAbsent: (uri, body) => mapS3Errors(uri, () => putIfAbsent(client, uri, Buffer.from(body))),
    upload: (localPath, uri) => mapS3Errors(uri, () => uploadFile(client, localPath, uri)),
    copy: async (from, to) => {
      const source = await head(from);
      if (!source) throw new StorageError('NotFound', from, 'the object does not exist');
      await mapS3Errors(to, () => copyObject(client, source, to, limits));
    },
    list: (prefixUri, options = {}) => list(client, prefixUri, options),
    remove: (uri) => mapS3Errors(uri, async () => void (await client.send(new DeleteObjectCommand(address(uri))))),
    removeUnfinished: (prefixUri, before) => mapS3Errors(prefixUri, () => abortUploads(client, prefixUri, before)),
  };
}

async function infoOf(client: S3Client, uri: string): Promise<ObjectInfo | undefined> {
  try {
    const response = await headObject(client, uri);
    const { ContentLength: bytes = 0, ETag: fingerprint = '', LastModified: modifiedAt = new Date(0) } = response;
    return { uri, bytes, fingerprint, modifiedAt };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function* list(client: S3Client, prefixUri: string, { after }: ListOptions): AsyncIterable<ObjectInfo> {
  const { Bucket, Prefix } = prefixAddress(prefixUri);
  const StartAfter = after === undefined ? undefined : address(after).Key;
  let ContinuationToken: string | undefined;
  do {
    // Keys may have characters that XML cannot represent.
    const request = { Bucket, Prefix, StartAfter, ContinuationToken, EncodingType: 'url' as const };
    const page = await mapS3Errors(prefixUri, () => client.send(new ListObjectsV2Command(request)));
    for (const { Key = '', Size = 0, ETag = '', LastModified = new Date(0) } of page.Contents ?? []) {
      const key = page.EncodingType === 'url' ? decodeKey(Key) : Key;
      yield {
        uri: formatUri({ kind: 's3', bucket: Bucket, key }),
        bytes: Size,
        fingerprint: ETag,
        modifiedAt: LastModified,
      };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

/** Decodes form encoding, in which `+` is a space. @see Amazon S3 API, ListObjectsV2, encoding-type */
function decodeKey(key: string): string {
  return percentDecoded(key.replaceAll('+', ' '));
}
