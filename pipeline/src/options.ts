import { createHash } from 'node:crypto';
import { canonicalJson } from '@etl/lib/canonicalJson';
import * as z from 'zod';
import { columnsSchema } from './columns/columnSchema';
import { gateLevel, qualitySchema } from './quality/rules';

/** Rows are split as bytes, so a separator must be one byte in UTF-8. */
const separator = z.string().regex(/^[\t\x20-\x7e]$/, 'must be one ASCII character');

export const dialectSchema = z.strictObject({
  delimiter: separator.optional(),
  quote: separator.optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).optional(),
  /** Decimal mark of numbers. */
  decimal: z.enum(['.', ',']).optional(),
  /** Order of day and month in a column whose values do not decide it. */
  dateOrder: z.enum(['dmy', 'mdy']).optional(),
  /** Lines before the header that are skipped. */
  skipLines: z.number().int().min(0).max(1000).optional(),
  /** Rows that are not data, such as totals. */
  footer: z
    .strictObject({
      /** The text with which such a row begins in the file, with its quote if it has one. */
      prefix: z.string().regex(/^[^\r\n]{1,1000}$/, 'must be 1 to 1000 characters of one line'),
    })
    .optional(),
});

const separatorsDiffer = ({ delimiter, quote = '"' }: z.infer<typeof dialectSchema>): boolean => delimiter !== quote;

export const rejectsSchema = z.strictObject({
  /** Maximum share of rejected rows, 0 to 1. */
  maxShare: z.number().min(0).max(1).optional(),
  maxRows: z.number().int().nonnegative().optional(),
  level: gateLevel.optional(),
});

/**
 * Options that the caller declares about the data: dialect, column types and quality gates. The event carries them to
 * validation, and validation passes them to the container in `OPTIONS`. Undeclared options are detected.
 */
export const optionsSchema = z.strictObject({
  dialect: dialectSchema.refine(separatorsDiffer, 'delimiter and quote must differ').optional(),
  columns: columnsSchema.optional(),
  quality: qualitySchema.optional(),
  rejects: rejectsSchema.optional(),
});

export type Dialect = z.infer<typeof dialectSchema>;
export type Options = z.infer<typeof optionsSchema>;

/**
 * Returns a short hash of everything that decides the output besides the source and the program. Two runs with the same
 * hash over the same source write the same parts.
 */
export function optionsHash(options: Options, chunkRows: number): string {
  return createHash('sha256').update(canonicalJson({ options, chunkRows })).digest('hex').slice(0, 16);
}
