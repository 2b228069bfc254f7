import { createHash } from 'node:crypto';
import { canonicalJson } from '@etl/lib/canonicalJson';
import * as z from 'zod';
import { maxConcurrency } from '../batch/control';
import { describedColumnsSchema } from '../columns/columnSchema';
import { declarable } from '../event';
import { sinksSchema } from '../sinks/sink';
import { scheduleSchema, timeZoneName } from './schedule';
import { compilePattern } from './sourcePattern';

const text = (max: number) => z.string().min(1, 'is empty').max(max, `has more than ${max} characters`);

/** A source pattern. Whether S3_RAW_BUCKET is set for a relative one depends on the machine, so it is checked later. */
const pattern = text(1024).superRefine((value, context) => {
  const problem = value === '' ? undefined : compilePattern(value, 's3://raw');
  if (typeof problem === 'string') context.addIssue({ code: 'custom', message: problem });
});

const ownerSchema = z.strictObject({
  team: text(100).describe('Name of the team. Messages have it as the attribute `owner`, for subscription filters'),
  contact: text(200).optional().describe('How to reach the team: an address, a channel or a page'),
});

const sourceSchema = z.strictObject({
  pattern: pattern.describe(
    'Files of the dataset: a key in S3_RAW_BUCKET, or a URI. `*` and `?` match in a name, `**` any folders; `{yyyy}`, `{MM}`, `{dd}` and `{date}` match the batch date',
  ),
  batchDate: z
    .enum(['key', 'folder', 'eventTime'])
    .optional()
    .describe(
      'Where the batch date of a landed file comes from, if the pattern does not determine it: a date in its key, a date in its folder, or the day of its event. Default: its key, else its event',
    ),
  timeZone: timeZoneName
    .optional()
    .describe('Time zone of the day of an event. Default: INTAKE_TIME_ZONE of the worker'),
});

/**
 * A dataset as its file declares it. `dialect`, `columns`, `quality`, `rejects`, `chunkRows`, `destination` and
 * `compute` are keys of the event, which overrides them.
 */
export const declarationSchema = z.strictObject({
  description: text(2000).optional().describe('What the dataset contains'),
  owner: ownerSchema.optional().describe('Who is responsible for the dataset'),
  source: sourceSchema.describe('Which files belong to the dataset'),
  samples: z
    .array(text(1024))
    .max(20, 'has more than 20 entries')
    .optional()
    .describe('Sample files, relative to the declaration. `etl dataset check` converts them'),
  ...declarable,
  columns: describedColumnsSchema.optional().describe('Columns by normalised name: a type, or an object with rules'),
  maxConcurrent: z
    .number()
    .int()
    .min(1)
    .max(maxConcurrency)
    .optional()
    .describe('Maximum number of files of a batch that are in progress at a time'),
  sinks: sinksSchema
    .optional()
    .describe('Catalogs and warehouses to which each commit is applied, by a name of your choice'),
  schedule: scheduleSchema.optional().describe('When batches of the dataset start'),
});

export type Declaration = z.infer<typeof declarationSchema>;

/** A declared dataset. */
export interface Dataset {
  /** Name of the file without its extension. */
  readonly name: string;
  readonly declaration: Declaration;
  readonly hash: string;
  /** Where it is declared, for messages. */
  readonly file: string;
}

/** Returns 16 hexadecimal digits that identify a declaration, whatever the order of its keys. */
export function declarationHash(declaration: Declaration): string {
  return createHash('sha256').update(canonicalJson(declaration)).digest('hex').slice(0, 16);
}
