import * as z from 'zod';
import { glueSinkSchema } from './glue';
import { redshiftSinkSchema } from './redshift';

/**
 * The sinks of a dataset: catalogs and warehouses that each commit of a batch is applied to, in the order of this list
 * without waiting for each other. Another type of sink is another entry of the union, and a writer (see
 * `SinkWriters` in activities/ports.ts).
 */
const sinkSchema = z.discriminatedUnion('type', [glueSinkSchema, redshiftSinkSchema]);

export type DeclaredSink = z.infer<typeof sinkSchema>;
export type SinkType = DeclaredSink['type'];
export type SinkOf<Type extends SinkType> = Extract<DeclaredSink, { type: Type }>;

/** By name, which status, messages and commands use. */
export const sinksSchema = z.record(
  z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,39}$/,
      'is not a name of a sink: expected a lowercase letter, then letters, digits and -',
    ),
  sinkSchema,
);

export type Sinks = Readonly<Record<string, DeclaredSink>>;

/** Returns the default table of a dataset: lowercase ASCII letters, digits and `_`. */
export function defaultTable(dataset: string): string {
  return dataset
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^(?=\d)/, '_');
}
