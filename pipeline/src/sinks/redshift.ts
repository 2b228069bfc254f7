import * as z from 'zod';

/**
 * A plain identifier of Redshift.
 * @see Amazon Redshift Database Developer Guide, "Names and identifiers"
 */
const identifier = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_]{0,126}$/,
    'is not a plain identifier: expected lowercase letters, digits and _, not a digit first, at most 127 characters',
  );

/** Prefix of the name of a ledger, before the name of its table. */
export const ledgerPrefix = 'etl_commits_';

const maxTableChars = 127 - ledgerPrefix.length;

const tableIdentifier = identifier
  .max(maxTableChars, `is too long for a table: expected at most ${maxTableChars} characters`)
  .refine(
    (name) => !name.startsWith(ledgerPrefix),
    `begins with ${ledgerPrefix}, which is reserved for ledgers: expected another name`,
  );

const arn = (service: string, what: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:[^\\s]+$`), `is not the ARN of ${what}`);

export const redshiftSinkSchema = z
  .strictObject({
    type: z.literal('redshift'),
    workgroup: z
      .string()
      .min(3)
      .max(64)
      .optional()
      .describe('Workgroup of Redshift Serverless. Set either workgroup or cluster'),
    cluster: z
      .string()
      .min(1)
      .max(63)
      .optional()
      .describe('Identifier of a provisioned cluster. Set either workgroup or cluster'),
    database: identifier.describe('Database'),
    secretArn: arn('secretsmanager', 'a secret of Secrets Manager').describe(
      'ARN of the secret with user name and password. Only the Data API reads it',
    ),
    iamRole: arn('iam', 'an IAM role').describe('Role with which COPY reads the commit folders'),
    schema: identifier.optional().describe('Schema. Default: public'),
    table: tableIdentifier
      .optional()
      .describe('Table. Default: the name of the dataset, in lowercase, with _ for other characters'),
    create: z.boolean().optional().describe('Whether a missing table or ledger is created. Default: true'),
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
      .describe('Names of the columns that identify a batch. Set them if the data has columns with the default names'),
  })
  .superRefine(({ workgroup, cluster }, context) => {
    if ((workgroup === undefined) === (cluster === undefined))
      context.addIssue({ code: 'custom', message: 'needs exactly one of workgroup and cluster' });
  });

export type RedshiftSink = z.infer<typeof redshiftSinkSchema>;
