import type { SinkWriters } from '../activities/ports';
import { awsServices } from './aws';

/** Returns the writers of sinks. Their clients, with `concurrency` calls at once, load when a dataset first uses one. */
export function createSinks(concurrency: number): SinkWriters {
  let writers: SinkWriters | undefined;
  return (type) => {
    writers ??= awsServices().sinks(concurrency);
    return writers(type);
  };
}
