import * as z from 'zod';
import { glueSinkSchema } from './glue';
import { redshiftSinkSchema } from './redshift';

/**
 * A sink of a dataset: a catalog or warehouse to which each commit of a batch is applied, at the same time as to the other
 * sinks. A new type of sink needs an entry in this union and a writer (`SinkWriters` in activities/ports.ts).
 */
const sinkSchema = z.discriminatedUnion('type', [glueSinkSchema, redshiftSinkSchema]);

export type DeclaredSink = z.infer<typeof sinkSchema>;
export type SinkType = DeclaredSink['type'];
export type SinkOf<Type extends SinkType> = Extract<DeclaredSink, { type: Type }>;

/** Sinks by name. Status files, messages and commands use the name. */
export const sinksSchema = z.record(
  z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,39}$/,
      'is not a name of a sink: expected a lowercase letter, then lowercase letters, digits and -, at most 40 characters',
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
