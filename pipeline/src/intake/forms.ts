import * as z from 'zod';

const bucket = z.object({ name: z.string().min(1) });
const time = z.iso.datetime({ offset: true });

/** Source: Amazon S3 User Guide, Event message structure. Its key is URL-encoded. */
export const s3Record = z.object({
  eventSource: z.literal('aws:s3'),
  eventName: z.string(),
  eventTime: time.optional(),
  s3: z.object({
    bucket,
    object: z.object({
      key: z.string().min(1),
      size: z.number().optional(),
      eTag: z.string().optional(),
      versionId: z.string().optional(),
      sequencer: z.string().optional(),
    }),
  }),
});

/** Source: Amazon S3 User Guide, EventBridge event message structure. Its key is as it is. */
export const s3OnEventBridge = z.object({
  'detail-type': z.string(),
  time: time.optional().catch(undefined),
  detail: z.object({
    bucket,
    object: z.object({
      key: z.string().min(1),
      size: z.number().optional(),
      etag: z.string().optional(),
      'version-id': z.string().optional(),
      sequencer: z.string().optional(),
    }),
  }),
});

/** Ours, for sources that are no S3: a folder, a topic. */
export const landed = z.strictObject({
  uri: z.string().min(1, 'is empty'),
  key: z.string().min(1, 'is empty'),
  mark: z.string().min(1, 'is empty'),
  landedAt: time.optional(),
  problem: z.string().min(1, 'is empty').optional(),
});
