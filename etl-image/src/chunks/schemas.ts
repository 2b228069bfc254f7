import * as z from 'zod';
import { countNames } from '../types/evidence';

/*
 * Schemas of the files that the tasks of one source exchange. Other programs can write to the store, so the files are
 * validated.
 */

export const count = z.number().int().nonnegative();
/** Evidence of a column's type. */
export const evidence = z.strictObject({
  ...Object.fromEntries(countNames.map((name) => [name, count.exactOptional()])),
  spellings: z.record(z.string(), count).exactOptional(),
  numbers: z.record(z.string(), count).exactOptional(),
});
/** Source, options and program of a file. */
export const content = {
  source: z.strictObject({ uri: z.string(), bytes: count, fingerprint: z.string() }),
  optionsHash: z.string(),
  program: z.string(),
};
