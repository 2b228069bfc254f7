import { formatUri } from '@etl/lib/uri';

/** A file that has landed, whatever told of it. */
export interface LandedFile {
  readonly uri: string;
  /** The path inside its bucket or folder: what the rule looks at. */
  readonly key: string;
  /** What this content at this place has and no other: news that comes twice has the same mark. */
  readonly mark: string;
  /** ISO 8601; absent where the news has no time. */
  readonly landedAt?: string;
  /** Why its source cannot read it, with the remedy. The key of a folder ends in `/`. */
  readonly problem?: string;
}

/** What S3 says of an object, in either of its forms. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly eTag?: string | undefined;
  readonly bytes?: number | undefined;
  readonly sequencer?: string | undefined;
  readonly time?: string | undefined;
}

/**
 * The version where the bucket keeps versions. Else the ETag together with the sequencer, which each write of a key has for
 * itself: the ETag alone would take a file that is set back to an earlier content for news of long ago. `null` is the
 * version ID of every object while versioning is suspended, and so tells nothing.
 */
export function landedObject(object: CreatedObject): LandedFile {
  const { bucket, key, versionId, eTag = '', bytes = '', sequencer, time } = object;
  const hasVersion = versionId !== undefined && versionId !== '' && versionId !== 'null';
  return {
    uri: formatUri({ kind: 's3', bucket, key }),
    key,
    mark: hasVersion ? versionId : [eTag, sequencer ?? `${bytes} ${time ?? ''}`].join(' '),
    ...(time !== undefined && { landedAt: time }),
  };
}
