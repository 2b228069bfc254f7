import * as z from 'zod';

/**
 * A plain identifier of Redshift.
 * @see Amazon Redshift Database Developer Guide, "Names and identifiers"
 */
const identifier = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_]{0,126}$/,
    'is not a plain identifier: expected lowercase letters, digits and _, at most 127',
  );

/** Begins the name of a ledger, which ends with the name of its table. */
export const ledgerPrefix = 'etl_commits_';

const maxTableChars = 127 - ledgerPrefix.length;

const tableIdentifier = identifier
  .max(maxTableChars, `is too long for a table: expected at most ${maxTableChars} characters`)
  .refine((name) => !name.startsWith(ledgerPrefix), `begins with ${ledgerPrefix}, as the tables of the sink itself do`);

const arn = (service: string, what: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:[^\\s]+$`), `is not the ARN of ${what}`);

export const redshiftSinkSchema = z
  .strictObject({
    type: z.literal('redshift'),
    workgroup: z.string().min(3).max(64).optional().describe('Workgroup of Redshift Serverless'),
    cluster: z.string().min(1).max(63).optional().describe('Identifier of a provisioned cluster'),
    database: identifier.describe('Database'),
    secretArn: arn('secretsmanager', 'a secret of Secrets Manager').describe(
      'ARN of the secret with user name and password, which only the Data API reads',
    ),
    iamRole: arn('iam', 'an IAM role').describe('Role with which COPY reads the commit folders'),
    schema: identifier.optional().describe('Schema. Default: public'),
    table: tableIdentifier
      .optional()
      .describe('Table. Default: the name of the dataset, in lowercase, with _ for other characters'),
    create: z.boolean().optional().describe('Whether a missing table is created. Default: true'),
    evolve: z
      .boolean()
      .optional()
      .describe('Whether missing columns are added and text columns are widened. Default: true'),
    columns: z
      .strictObject({
        batchDate: identifier.optional().describe('Column of the batch date. Default: batch_date'),
        source: identifier.optional().describe('Column of the source. Default: source'),
      })
      .optional()
      .describe('Names of the columns that identify a batch, if the data have columns with the default names'),
  })
  .superRefine(({ workgroup, cluster }, context) => {
    if ((workgroup === undefined) === (cluster === undefined))
      context.addIssue({ code: 'custom', message: 'needs either workgroup or cluster' });
  });

export type RedshiftSink = z.infer<typeof redshiftSinkSchema>;
