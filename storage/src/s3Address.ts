import { parseUri } from '@etl/pipeline/uri';
import { StorageError } from './objectStore';

/** Bucket and key of an object's URI. Throws `NotFound` for what is none. */
export function address(uri: string): { Bucket: string; Key: string } {
  const location = parseUri(uri);
  if (location?.kind === 's3' && location.key !== '') return { Bucket: location.bucket, Key: location.key };
  throw new StorageError('NotFound', uri, 'is no s3://bucket/key');
}
