import { capped } from '@etl/lib/capped';
import { isCalendarDate } from '@etl/lib/names';
import { recordOf } from '@etl/lib/recordOf';
import { describeIssue } from '@etl/lib/schemaIssues';
import { isTimeZone } from '@etl/lib/timeZones';
import * as z from 'zod';
import { requestProblem } from '../inputSize';
import { placeIsShort } from '../places';
import { priorityKeys } from '../priority';
import { sharedDetailProblems } from '../sharedDetail';
import { maxConcurrency } from './control';

/** A file's name has at most 255 bytes. */
const maxMatchChars = 255;

/** Ten years: a batch processes its days one by one. */
const maxDays = 3660;
const dayMs = 86_400_000;

const date = z.string().refine(isCalendarDate, 'is not a calendar date: expected YYYY-MM-DD');

/**
 * Input of `nightlyBatch`. Rejects unknown keys by name. Days: `batchDate`, or `from` and `to`, or neither: the day of
 * the scheduled (else of the start) time in `timeZone`, plus `dayOffset`.
 */
export const batchRequestSchema = z
  .strictObject({
    /**
     * `s3://bucket/prefix`, `file:///folder`, or a prefix in S3_RAW_BUCKET. `{yyyy}`, `{MM}`, `{dd}` and `{date}` stand
     * for the day. @default the files of the dataset
     */
    prefix: z.string().min(1, 'is empty').superRefine(placeIsShort).optional(),
    /** Declared dataset: the batch delivers its files, and its declaration has the defaults of the other keys. */
    dataset: z.string().min(1, 'is empty').max(100, 'has more than 100 characters').optional(),
    /** Glob on a file's name, with the same placeholders, `*` and `?`. @default every name of a data file */
    match: z.string().min(1, 'is empty').max(maxMatchChars, `has more than ${maxMatchChars} characters`).optional(),
    batchDate: date.optional(),
    from: date.optional(),
    to: date.optional(),
    /** IANA name. @default 'UTC' */
    timeZone: z.string().refine(isTimeZone, 'is not a time zone: use an IANA name such as Europe/Madrid').optional(),
    /** Days added to the day of the scheduled time: -1 is the day before. @default 0 */
    dayOffset: z.number().int().min(-366).max(0).optional(),
    /** Which files: those not delivered in their current content; those of them whose last run failed; all. */
    mode: z.enum(['missing', 'failed', 'all']).optional(),
    maxConcurrent: z.number().int().min(1).max(maxConcurrency).optional(),
    /**
     * `fail`: failed files make the batch fail, after all were tried. `complete`: they are reported, and the batch
     * completes.
     */
    onFailure: z.enum(['fail', 'complete']).optional(),
    /**
     * Minimum number of files over all days; fewer make the batch fail, whatever `onFailure` is. 0 allows an empty
     * batch. @default 1
     */
    minFiles: z.number().int().min(0).optional(),
    /** Keys of the event that all files share: dataset, destination, columns, dialect, compute, … */
    detail: recordOf(z.unknown()).optional(),
    /** 1 (first) to 5: order in which a busy worker takes up work. A backfill uses 5. @default 3 */
    priority: z.literal(priorityKeys).optional(),
  })
  .superRefine((request, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (request.prefix === undefined && request.dataset === undefined)
      issue('prefix', 'is missing: set it to the location of the files, or set dataset to a declared dataset');
    if ((request.from === undefined) !== (request.to === undefined))
      issue(request.from === undefined ? 'from' : 'to', 'from and to must be set together');
    if (request.batchDate !== undefined && request.from !== undefined)
      issue('from', 'cannot be combined with batchDate: remove one of them');
    if (request.from !== undefined && request.to !== undefined && request.from > request.to)
      issue('to', 'is before from');
    if ((Date.parse(request.to ?? '') - Date.parse(request.from ?? '')) / dayMs >= maxDays)
      issue('to', `is ${maxDays} days or more after from: split the range into several batches`);
  });

export type BatchRequest = z.infer<typeof batchRequestSchema>;

/** A request whose files are known. */
export type PrefixedRequest = BatchRequest & { readonly prefix: string };

export type ParsedRequest = { ok: true; request: BatchRequest } | { ok: false; reasons: string[] };

/** Parses a request of any shape. Each problem names its key. */
export function parseBatchRequest(input: unknown): ParsedRequest {
  const unusable = requestProblem(input);
  if (unusable !== undefined) return { ok: false, reasons: [unusable] };
  const parsed = batchRequestSchema.safeParse(input);
  const reasons = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describeIssue(issue, [], input));
  const detail = (input as { detail?: unknown } | null)?.detail;
  if (typeof detail === 'object' && detail !== null)
    reasons.push(...sharedDetailProblems(detail as Record<string, unknown>).map((reason) => `detail.${reason}`));
  return parsed.success && reasons.length === 0
    ? { ok: true, request: parsed.data }
    : { ok: false, reasons: capped(reasons) };
}
