import { isCalendarDate } from '@etl/lib/names';
import * as z from 'zod';

/**
 * Name of a database, table or column of the Glue Data Catalog that Athena, Trino and Spark accept.
 * @see Amazon Athena User Guide, "Name databases, tables, and columns"
 */
const catalogName = z
  .string()
  .regex(
    /^[a-z0-9_]{1,255}$/,
    'is not a catalog name: expected lowercase letters, digits and _, at most 255 characters',
  );

const projection = z.strictObject({
  from: z
    .string()
    .refine(isCalendarDate, 'is not a calendar date: expected YYYY-MM-DD')
    .describe('First batch date that queries see'),
  sources: z
    .array(z.string().regex(/^[^,]+$/, 'is not a source: expected a name without commas'))
    .min(1)
    .optional()
    .describe('Sources that queries see. Default: each query must name sources in its WHERE clause'),
});

export const glueSinkSchema = z
  .strictObject({
    type: z.literal('glue'),
    database: catalogName.describe('Database of the Glue Data Catalog. It must exist'),
    table: catalogName
      .optional()
      .describe('Table. Default: the name of the dataset, in lowercase, with _ for other characters'),
    catalogId: z
      .string()
      .regex(/^\d{12}$/, 'is not an account ID: expected 12 digits')
      .optional()
      .describe('Account of the catalog. Default: the account of the worker'),
    partitions: z
      .strictObject({
        batchDate: catalogName.optional().describe('Partition column of the batch date. Default: batch_date'),
        source: catalogName.optional().describe('Partition column of the source. Default: source'),
      })
      .optional()
      .describe('Names of the partition columns. Set them if the data has columns with the default names'),
    projection: projection
      .optional()
      .describe('Athena computes the partitions and reads the published folders instead of the commit folders'),
  })
  .superRefine((sink, context) => {
    const { batchDate, source } = partitionNames(sink);
    if (batchDate === source)
      context.addIssue({ code: 'custom', path: ['partitions'], message: 'needs two different names' });
  });

export type GlueSink = z.infer<typeof glueSinkSchema>;
export type Projection = z.infer<typeof projection>;

/** Returns the names of the partition columns. */
export function partitionNames({ partitions }: Pick<GlueSink, 'partitions'>) {
  return { batchDate: partitions?.batchDate ?? 'batch_date', source: partitions?.source ?? 'source' };
}
