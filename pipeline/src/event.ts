import { ephemeralStorageGiB, sizeProblem } from '@etl/ecs/sizes';
import { capped } from '@etl/lib/capped';
import { isCalendarDate } from '@etl/lib/names';
import { describeIssue } from '@etl/lib/schemaIssues';
import { parseUri, uriProblem } from '@etl/lib/uri';
import * as z from 'zod';
import { datasetNameProblem, nameProblem } from './datasetName';
import { eventProblem } from './inputSize';
import { optionsSchema } from './options';
import { placeIsShort } from './places';

/** Maximum number of tasks that a pipeline uses for one file. */
export const maxShards = 500;

/**
 * Schema of the event that starts either engine. Rejects unknown keys by name: a misspelt option must not be ignored.
 */
const computeSchema = z
  .strictObject({
    /** @default 'auto', by the routing policy */
    lane: z.enum(['auto', 'light', 'fargate']).optional(),
    /** Number of tasks that convert the file together. @default by size, deadline and budget */
    shards: z.number().int().min(1).max(maxShards).optional(),
    /** Minutes from the start of the run until the data should be delivered; decides the number of tasks. */
    deadlineMinutes: z.number().positive().max(10_080).optional(),
    /** Maximum estimated cost of a run's tasks, in US dollars. */
    budgetUsd: z.number().positive().optional(),
    /** Maximum cost of a run in US dollars, spent and estimated: no launch exceeds it. */
    maxCostUsd: z.number().positive().optional(),
    /** Accepts a file above the ceiling of the routing policy. */
    acceptSize: z.boolean().optional(),
    /** CPU units: 1024 per vCPU. */
    cpu: z.number().int().optional(),
    /** Memory in MiB. */
    memory: z.number().int().optional(),
    ephemeralStorageGiB: z.number().int().min(ephemeralStorageGiB.min).max(ephemeralStorageGiB.max).optional(),
    spot: z.boolean().optional(),
    /** Timeout of one attempt. */
    timeoutSeconds: z.number().int().min(1).max(604_800).optional(),
    /** Maximum time for the task to start. */
    startTimeoutSeconds: z.number().int().min(1).max(86_400).optional(),
  })
  .superRefine((compute, context) => {
    if (compute.cpu === undefined && compute.memory === undefined) return;
    if (compute.cpu === undefined || compute.memory === undefined) {
      context.addIssue({ code: 'custom', message: 'cpu and memory must be set together' });
      return;
    }
    const problem = sizeProblem(compute.cpu, compute.memory);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });

const named = (problemOf: (name: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const uri = z
  .string()
  .refine((text) => parseUri(text) !== undefined, { error: ({ input }) => uriProblem(String(input)) })
  .superRefine(placeIsShort);

/** Keys of the event that a dataset declares for all of its files. */
export const declarable = {
  destination: uri.optional(),
  ...optionsSchema.shape,
  chunkRows: z.number().int().min(1).max(10_000_000).optional(),
  compute: computeSchema.optional(),
} as const;

const detailSchema = z.strictObject({
  /** `s3://bucket/key`, `file:///path`, or a key relative to S3_RAW_BUCKET. */
  s3Key: z.string().min(1, 'is empty').superRefine(placeIsShort),
  batchDate: z.string().refine(isCalendarDate, 'is not a calendar date: expected YYYY-MM-DD'),
  dataset: named(datasetNameProblem).optional(),
  source: named(nameProblem).optional(),
  /** URI of the file, or of a folder with a trailing slash, whose data this source replaces in its batch. */
  replaces: uri.optional(),
  /** Launches the conversion even when this source is already delivered with these options. */
  force: z.boolean().optional(),
  ...declarable,
  /** `none`: another process reports the outcome, such as the batch that the run belongs to. @default 'each' */
  notifications: z.enum(['each', 'none']).optional(),
});

/** Keys of the EventBridge envelope around `detail`: accepted and not read. */
const envelopeKeys = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources'];

/** Keys allowed in an event. */
export const eventKeys = {
  detail: Object.keys(detailSchema.shape),
  compute: Object.keys(computeSchema.shape),
} as const;

export type EventDetail = z.infer<typeof detailSchema>;

export type ParsedEvent = { ok: true; detail: EventDetail } | { ok: false; reasons: string[] };

/** Parses an event of any shape. Each problem begins with its key, such as `detail.batchDate`. */
export function parseEvent(event: unknown): ParsedEvent {
  if (event === null || typeof event !== 'object' || Array.isArray(event)) {
    return { ok: false, reasons: ['the event is not a JSON object: expected {"detail":{"s3Key":…,"batchDate":…}}'] };
  }
  const unusable = eventProblem(event);
  if (unusable !== undefined) return { ok: false, reasons: [unusable] };
  const { detail, ...rest } = event as Record<string, unknown>;
  const unknown = Object.keys(rest)
    .filter((key) => !envelopeKeys.includes(key))
    .map((key) => `${key.slice(0, 80)}: unknown key: move options into detail`);
  if (detail === undefined) return { ok: false, reasons: capped([...unknown, 'detail: is missing']) };
  const parsed = detailSchema.safeParse(detail);
  const issues = parsed.error?.issues.flatMap((issue) => describeIssue(issue, ['detail'], detail)) ?? [];
  const reasons = unknown.concat(issues);
  return parsed.success && reasons.length === 0
    ? { ok: true, detail: parsed.data }
    : { ok: false, reasons: capped(reasons) };
}
