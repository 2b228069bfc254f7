import { parseUri } from '@etl/lib/uri';
import { StorageError } from './objectStore';

/** Bucket and key of an object's URI. Throws `NotFound` for what is none. */
export function address(uri: string): { Bucket: string; Key: string } {
  const location = parseUri(uri);
  if (location?.kind === 's3' && location.key !== '') return { Bucket: location.bucket, Key: location.key };
  throw new StorageError('NotFound', uri, 'is no s3://bucket/key');
}

/** Bucket and prefix of all objects below a URI: below a folder, not those whose names go on with more letters. */
export function prefixAddress(uri: string): { Bucket: string; Prefix: string } {
  const location = parseUri(uri);
  if (location?.kind !== 's3') throw new StorageError('NotFound', uri, 'is no s3://bucket/prefix');
  const { bucket: Bucket, key } = location;
  return { Bucket, Prefix: key === '' || key.endsWith('/') ? key : `${key}/` };
}
