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

export const glueSinkSchema = z.strictObject({
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
    .describe('Names of the partition columns, if the data have columns with the default names'),
});

export type GlueSink = z.infer<typeof glueSinkSchema>;
