import { GlueClient } from '@aws-sdk/client-glue';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { clientSettings } from '@etl/pipeline/awsClients';
import type { SinkOf, SinkType } from '@etl/pipeline/sinks/sink';
import type { SinkWriter, SinkWriters } from '../../activities/ports';
import { createGlueSink } from './glue/writer';
import { createRedshiftSink } from './redshift/writer';

/** Creates the writer of a type, with a client that makes at most `concurrency` calls at once. @default unbounded */
type CreateWriter<Type extends SinkType> = (concurrency?: number) => SinkWriter<SinkOf<Type>>;

const create: { readonly [Type in SinkType]: CreateWriter<Type> } = {
  glue: (concurrency) => createGlueSink(new GlueClient({ ...clientSettings('glue', { concurrency }) })),
  redshift: (concurrency) =>
    createRedshiftSink(new RedshiftDataClient({ ...clientSettings('redshift-data', { concurrency }) })),
};

/** Returns the writers of sinks. The client of a type is created when a sink of it is first used. */
export function sinkWriters(concurrency?: number): SinkWriters {
  const created: Partial<Record<SinkType, unknown>> = {};
  return <Type extends SinkType>(type: Type) => {
    created[type] ??= create[type](concurrency);
    return created[type] as SinkWriter<SinkOf<Type>>;
  };
}
