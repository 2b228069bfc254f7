import { ephemeralStorageGiB, sizeProblem } from '@etl/ecs/sizes';
import { capped } from '@etl/lib/capped';
import { isCalendarDate } from '@etl/lib/names';
import { describeIssue } from '@etl/lib/schemaIssues';
import { parseUri } from '@etl/lib/uri';
import * as z from 'zod';
import { eventProblem } from './inputSize';
import { optionsSchema } from './options';
import { placeIsShort } from './places';

/** A pipeline has so many tasks for one file at the most. */
export const maxShards = 500;

/** The event that starts either engine. Unknown keys are refused by name: a misspelt option must not be ignored. */
const computeSchema = z
  .strictObject({
    /** Default `auto`: by the routing policy. */
    lane: z.enum(['auto', 'light', 'fargate']).optional(),
    /** So many tasks convert the file together. Default: by size, deadline and budget. */
    shards: z.number().int().min(1).max(maxShards).optional(),
    /** By when the data should be delivered, from the start of the run; decides how many tasks there are. */
    deadlineMinutes: z.number().positive().max(10_080).optional(),
    /** US dollars that the tasks of a run may cost by the estimate. */
    budgetUsd: z.number().positive().optional(),
    /** Runs a file that is above the ceiling of the routing policy. */
    acceptSize: z.boolean().optional(),
    /** CPU units, 1024 a vCPU. */
    cpu: z.number().int().optional(),
    /** MiB. */
    memory: z.number().int().optional(),
    ephemeralStorageGiB: z.number().int().min(ephemeralStorageGiB.min).max(ephemeralStorageGiB.max).optional(),
    spot: z.boolean().optional(),
    /** One attempt. */
    timeoutSeconds: z.number().int().min(1).max(604_800).optional(),
    /** How long the task may take to start. */
    startTimeoutSeconds: z.number().int().min(1).max(86_400).optional(),
  })
  .superRefine((compute, context) => {
    if (compute.cpu === undefined && compute.memory === undefined) return;
    if (compute.cpu === undefined || compute.memory === undefined) {
      context.addIssue({ code: 'custom', message: 'cpu and memory are declared together or not at all' });
      return;
    }
    const problem = sizeProblem(compute.cpu, compute.memory);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });

const plainName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'use letters, digits, _ - and . (at most 100, a letter or digit first)');

const uri = z
  .string()
  .refine((text) => parseUri(text) !== undefined, 'is not an s3:// or file:/// URI')
  .superRefine(placeIsShort);

const detailSchema = z.strictObject({
  /** `s3://bucket/key`, `file:///path`, or a key relative to S3_RAW_BUCKET. */
  s3Key: z.string().min(1, 'is empty').superRefine(placeIsShort),
  batchDate: z.string().refine(isCalendarDate, 'is no calendar date: write YYYY-MM-DD'),
  dataset: plainName.optional(),
  source: plainName.optional(),
  destination: uri.optional(),
  /** The URI of the file, or of a folder with a slash at its end, whose data this source replaces in its batch. */
  replaces: uri.optional(),
  /** Launches the conversion although this source is delivered with these options. */
  force: z.boolean().optional(),
  ...optionsSchema.shape,
  chunkRows: z.number().int().min(1).max(10_000_000).optional(),
  compute: computeSchema.optional(),
  /** `none`: somebody else tells how the run went, such as the batch it belongs to. Default `each`. */
  notifications: z.enum(['each', 'none']).optional(),
});

/** EventBridge wraps `detail` in an envelope; its keys are let through and not read. */
const envelopeKeys = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources'];

/** The keys that an event may have. */
export const eventKeys = {
  detail: Object.keys(detailSchema.shape),
  compute: Object.keys(computeSchema.shape),
} as const;

export type EventDetail = z.infer<typeof detailSchema>;

export type ParsedEvent = { ok: true; detail: EventDetail } | { ok: false; reasons: string[] };

/** Reads an event of any shape. Every reason names the key: `detail.batchDate: is no calendar date: write YYYY-MM-DD`. */
export function parseEvent(event: unknown): ParsedEvent {
  if (event === null || typeof event !== 'object' || Array.isArray(event)) {
    return { ok: false, reasons: ['the event is no JSON object: it looks like {"detail":{"s3Key":…,"batchDate":…}}'] };
  }
  const unusable = eventProblem(event);
  if (unusable !== undefined) return { ok: false, reasons: [unusable] };
  const { detail, ...rest } = event as Record<string, unknown>;
  const unknown = Object.keys(rest)
    .filter((key) => !envelopeKeys.includes(key))
    .map((key) => `${key.slice(0, 80)}: unknown key; the options belong into detail`);
  if (detail === undefined) return { ok: false, reasons: capped([...unknown, 'detail: is missing']) };
  const parsed = detailSchema.safeParse(detail);
  const issues = parsed.error?.issues.flatMap((issue) => describeIssue(issue, ['detail'], detail)) ?? [];
  const reasons = unknown.concat(issues);
  return parsed.success && reasons.length === 0
    ? { ok: true, detail: parsed.data }
    : { ok: false, reasons: capped(reasons) };
}
