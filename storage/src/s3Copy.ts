import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { ObjectInfo } from './objectStore';
import { address } from './s3Address';

export interface CopyLimits {
  /** Maximum size of an object for one CopyObject. */
  readonly singleBytes: number;
  readonly partBytes: number;
}

/** CopyObject copies up to 5 GiB; larger objects are copied in parts. @see Amazon S3 API, CopyObject */
export const copyLimits: CopyLimits = { singleBytes: 5 * 1024 ** 3, partBytes: 512 * 1024 ** 2 };

/** Copies the version of an object that `from` describes within S3. */
export async function copyObject(client: S3Client, from: ObjectInfo, to: string, limits: CopyLimits): Promise<void> {
  const source = { CopySource: copySource(from.uri), CopySourceIfMatch: from.fingerprint };
  if (from.bytes > limits.singleBytes) await copyInParts(client, source, from.bytes, to, limits.partBytes);
  else await client.send(new CopyObjectCommand({ ...address(to), ...source }));
}

async function copyInParts(
  client: S3Client,
  source: { CopySource: string; CopySourceIfMatch: string },
  bytes: number,
  to: string,
  partBytes: number,
): Promise<void> {
  const target = address(to);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  try {
    const parts = [];
    for (let start = 0, PartNumber = 1; start < bytes; start += partBytes, PartNumber++) {
      const CopySourceRange = `bytes=${start}-${Math.min(start + partBytes, bytes) - 1}`;
      const request = { ...target, ...source, UploadId, PartNumber, CopySourceRange };
      const part = await client.send(new UploadPartCopyCommand(request));
      parts.push({ PartNumber, ETag: part.CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }));
  } catch (error) {
    // Best effort: a failed abort must not hide the error of the copy. A lifecycle rule removes remaining parts.
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
    throw error;
  }
}

function copySource(uri: string): string {
  const { Bucket, Key } = address(uri);
  return `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
}
