import * as z from 'zod';
import { countNames } from '../types/evidence';

/** What the tasks of one file leave for each other is read from a store that others can write to. */
export const count = z.number().int().nonnegative();
/** What the values of a column say of its type. */
export const evidence = z.strictObject({
  ...Object.fromEntries(countNames.map((name) => [name, count.exactOptional()])),
  spellings: z.record(z.string(), count).exactOptional(),
  numbers: z.record(z.string(), count).exactOptional(),
});
/** Of what source, options and program it is. */
export const content = {
  source: z.strictObject({ uri: z.string(), bytes: count, fingerprint: z.string() }),
  optionsHash: z.string(),
  program: z.string(),
};
