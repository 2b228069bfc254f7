import type { SinkWriters } from '../activities/ports';
import { awsServices } from './aws';

/** Creates the writers of sinks. Each one's client loads when a dataset first uses it. */
export function createSinks(): SinkWriters {
  let glue: SinkWriters['glue'] | undefined;
  let redshift: SinkWriters['redshift'] | undefined;
  return {
    get glue() {
      glue ??= awsServices().glueSink();
      return glue;
    },
    get redshift() {
      redshift ??= awsServices().redshiftSink();
      return redshift;
    },
  };
}
