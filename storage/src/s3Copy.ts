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
  /** The largest object that one CopyObject takes. */
  readonly singleBytes: number;
  readonly partBytes: number;
}

/** CopyObject takes up to 5 GiB (Amazon S3 API, CopyObject); a copy of more goes in parts. */
export const copyLimits: CopyLimits = { singleBytes: 5 * 1024 ** 3, partBytes: 512 * 1024 ** 2 };

/** A copy inside S3 of the very version that `from` describes. */
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
    // Why the copy failed is what matters; parts that even this leaves are removed by a lifecycle rule.
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
    throw error;
  }
}

function copySource(uri: string): string {
  const { Bucket, Key } = address(uri);
  return `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
}
