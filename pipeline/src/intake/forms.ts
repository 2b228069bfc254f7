import { maxLine } from '@etl/lib/capped';
import * as z from 'zod';
import { maxKeyBytes, placeIsShort } from '../places';

/** Bounds S3's version IDs, ETags and sequencers, which are far shorter. */
const mark = z.string().max(1024, 'has more than 1024 characters');
const word = z.string().max(200, 'has more than 200 characters');
const bucket = z.object({ name: z.string().min(1).max(255, 'has more than 255 characters') });
const time = word.pipe(z.iso.datetime({ offset: true }));
/** Maximum length of a place that a source reports, in characters. */
const maxReportedChars = 32_768;
/** A key that is still percent-encoded. */
const encodedKey = z
  .string()
  .min(1)
  .max(3 * maxKeyBytes, `has more than ${3 * maxKeyBytes} characters: a key has at most ${maxKeyBytes} bytes`);
const key = z.string().min(1).superRefine(placeIsShort);

/** S3's own message. Its key is URL-encoded. Source: Amazon S3 User Guide, Event message structure. */
export const s3Record = z.object({
  eventSource: z.literal('aws:s3'),
  eventName: z.string(),
  eventTime: time.optional(),
  s3: z.object({
    bucket,
    object: z.object({
      key: encodedKey,
      size: z.number().optional(),
      eTag: mark.optional(),
      versionId: mark.optional(),
      sequencer: mark.optional(),
    }),
  }),
});

/**
 * S3's message on EventBridge. Its key is not encoded. Source: Amazon S3 User Guide, EventBridge event message
 * structure.
 */
export const s3OnEventBridge = z.object({
  'detail-type': z.string(),
  time: time.optional().catch(undefined),
  detail: z.object({
    bucket,
    object: z.object({
      key,
      size: z.number().optional(),
      etag: mark.optional(),
      'version-id': mark.optional(),
      sequencer: mark.optional(),
    }),
  }),
});

/** A source may report an entry because its path is too long: the length of an accepted place is checked later. */
const place = z.string().min(1, 'is empty').max(maxReportedChars, `has more than ${maxReportedChars} characters`);

/** Our own message, for sources other than S3: a folder, a topic. */
export const landed = z.strictObject({
  uri: place,
  key: place,
  mark: mark.min(1, 'is empty'),
  landedAt: time.optional(),
  problem: z.string().min(1, 'is empty').max(maxLine, `has more than ${maxLine} characters`).optional(),
});
