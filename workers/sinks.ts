import type { SinkType } from '@etl/pipeline/sinks/sink';
import type { SinkWriters } from '../activities/ports';
import { awsServices } from './aws';

/**
 * Creates the writers of sinks. Each one's client loads when a dataset first uses it. @param concurrency maximum of
 * calls at once
 */
export function createSinks(concurrency: Readonly<Record<SinkType, number>>): SinkWriters {
  let glue: SinkWriters['glue'] | undefined;
  let redshift: SinkWriters['redshift'] | undefined;
  return {
    get glue() {
      glue ??= awsServices().glueSink(concurrency.glue);
      return glue;
    },
    get redshift() {
      redshift ??= awsServices().redshiftSink(concurrency.redshift);
      return redshift;
    },
  };
}
