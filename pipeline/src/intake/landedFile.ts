import { formatUri } from '@etl/lib/uri';

/** A landed file, whatever source reported it. */
export interface LandedFile {
  readonly uri: string;
  /** Path inside its bucket or folder, to which the rule applies. */
  readonly key: string;
  /** Identity of this content at this place: repeated messages about one content have the same mark. */
  readonly mark: string;
  /** ISO 8601; absent if the message has no time. */
  readonly landedAt?: string;
  /** Why its source cannot read it, with the remedy. The key of a folder ends in `/`. */
  readonly problem?: string;
}

/** Facts of an S3 object, from either form of message. */
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
 * Returns the landed file of an S3 object. Its mark is the version ID in a bucket with versioning. Else it is the ETag
 * together with the sequencer, which is unique to each write of a key: by the ETag alone, a file restored to an earlier
 * content would look like an old message. `null` is the version ID of every object while versioning is suspended, and
 * so identifies no content.
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
