import * as z from 'zod';
import { noEvidence } from '../transformers/evidence';

/** What the tasks of one file leave for each other is read from a store that others can write to. */
export const count = z.number().int().nonnegative();
/** What the values of a column say of its type. */
export const evidence = z.partialRecord(z.enum(Object.keys(noEvidence)), count);
/** Of what source, options and program it is. */
export const content = {
  source: z.strictObject({ uri: z.string(), bytes: count, fingerprint: z.string() }),
  optionsHash: z.string(),
  program: z.string(),
};
