import { joinUri } from '@etl/lib/uri';
import type { SinkCommit } from '../../../activities/ports';

/**
 * Returns the manifest with which COPY reads exactly the parts of a commit. COPY fails if a part is missing. Parquet
 * requires the length of each part.
 * @see Amazon Redshift Database Developer Guide, "Using a manifest to specify data files"
 */
export function copyManifest({ folder, manifest }: SinkCommit): string {
  const entries = manifest.parts.map(({ file, bytes }) => ({
    url: joinUri(folder, file),
    mandatory: true,
    meta: { content_length: bytes },
  }));
  return JSON.stringify({ entries });
}
