import { parseUri } from '@etl/lib/uri';
import { StorageError } from './objectStore';

/** Returns bucket and key of an object's URI. @throws {StorageError} `NotFound` for another URI */
export function address(uri: string): { Bucket: string; Key: string } {
  const location = parseUri(uri);
  if (location?.kind === 's3' && location.key !== '') return { Bucket: location.bucket, Key: location.key };
  throw new StorageError('NotFound', uri, 'is not an s3://bucket/key URI');
}

/**
 * Returns bucket and prefix of the objects below a folder's URI. The prefix ends in `/`, so it never matches part of a
 * name.
 */
export function prefixAddress(uri: string): { Bucket: string; Prefix: string } {
  const location = parseUri(uri);
  if (location?.kind !== 's3') throw new StorageError('NotFound', uri, 'is not an s3://bucket/prefix URI');
  const { bucket: Bucket, key } = location;
  return { Bucket, Prefix: key === '' || key.endsWith('/') ? key : `${key}/` };
}
