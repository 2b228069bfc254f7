import { createHash } from 'node:crypto';
import { canonicalJson } from '@etl/lib/canonicalJson';
import { utf8Bytes } from '@etl/lib/json';
import { recordOf } from '@etl/lib/recordOf';
import * as z from 'zod';
import { mostColumns, mostNameBytes } from './csv/columnNames';

/**
 * What the caller says about the data: dialect, column types and quality gates. The event carries it to validation,
 * and validation hands it to the container in `OPTIONS`. What is not declared is detected.
 */
/** Rows are cut as bytes: what separates fields has to be one of them in UTF-8. */
const separator = z.string().regex(/^[\t\x20-\x7e]$/, 'must be one ASCII character');

export const dialectSchema = z.strictObject({
  delimiter: separator.optional(),
  quote: separator.optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).optional(),
  /** Decimal mark of numbers. */
  decimal: z.enum(['.', ',']).optional(),
  /** Order of day and month where the column itself has no evidence. */
  dateOrder: z.enum(['dmy', 'mdy']).optional(),
});

const separatorsDiffer = ({ delimiter, quote = '"' }: z.infer<typeof dialectSchema>): boolean => delimiter !== quote;

export const columnTypes = ['text', 'integer', 'double', 'boolean', 'date', 'timestamp'] as const;
export type ColumnType = (typeof columnTypes)[number];

/** What follows when a gate is not passed: `block` fails the run, `hold` keeps what was converted until somebody approves it. */
const gateLevel = z.enum(['block', 'hold']);

export const qualitySchema = z.strictObject({
  rowCount: z
    .strictObject({
      /** Rows that must be written. A batch of zero rows is blocked unless this is 0. */
      min: z.number().int().nonnegative().optional(),
      level: gateLevel.optional(),
    })
    .optional(),
});

export const rejectsSchema = z.strictObject({
  /** The share of rows that may be rejected, 0 to 1. */
  maxShare: z.number().min(0).max(1).optional(),
  maxRows: z.number().int().nonnegative().optional(),
  level: gateLevel.optional(),
});

function checkColumns(columns: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const names = Object.keys(columns);
  const issue = (message: string) => context.addIssue({ code: 'custom', message });
  if (names.length > mostColumns) issue(`has ${names.length} columns, and ${mostColumns} are allowed`);
  const long = names.find((name) => name.length > mostNameBytes || utf8Bytes(name) > mostNameBytes);
  if (long !== undefined) {
    issue(
      `has a name of ${utf8Bytes(long)} bytes (${JSON.stringify(long.slice(0, 40))} …), and ${mostNameBytes} are allowed`,
    );
  }
}

export const optionsSchema = z.strictObject({
  dialect: dialectSchema.refine(separatorsDiffer, 'delimiter and quote must differ').optional(),
  /** Types by normalised column name: no more of them, and no longer ones, than a file may have. */
  columns: recordOf(z.enum(columnTypes)).superRefine(checkColumns).optional(),
  quality: qualitySchema.optional(),
  rejects: rejectsSchema.optional(),
});

export type Dialect = z.infer<typeof dialectSchema>;
export type Options = z.infer<typeof optionsSchema>;

/**
 * A short hash of everything that decides the output besides the source and the program. Two runs with the same hash
 * over the same source give the same parts.
 */
export function optionsHash(options: Options, chunkRows: number): string {
  return createHash('sha256').update(canonicalJson({ options, chunkRows })).digest('hex').slice(0, 16);
}
