import { parseUri } from '@etl/lib/uri';
import { type GlueSink, partitionNames } from '@etl/pipeline/sinks/glue';
import { defaultTable } from '@etl/pipeline/sinks/sink';
import { type SinkCommit, SinkError } from '../../../activities/ports';

/** The table that a commit is applied to. */
export interface Target {
  readonly database: string;
  readonly table: string;
  /** `database.table`, for messages. */
  readonly name: string;
  readonly dataset: string;
  readonly destination: string;
  /** Names of the partition columns. */
  readonly keys: { readonly batchDate: string; readonly source: string };
  readonly sink: GlueSink;
}

/** The properties of a commit that determine its table. */
interface Targeted extends Pick<SinkCommit, 'destination'> {
  readonly batch: Pick<SinkCommit['batch'], 'dataset'>;
  readonly manifest: Pick<SinkCommit['manifest'], 'schema'>;
}

/**
 * Returns the table that a commit is applied to.
 * @throws SinkError if the catalog cannot represent the commit
 */
export function targetOf({ batch, destination, manifest }: Targeted, sink: GlueSink): Target {
  const table = sink.table ?? defaultTable(batch.dataset);
  const name = `${sink.database}.${table}`;
  if (parseUri(destination)?.kind !== 's3')
    throw new SinkError(`${name}: Glue reads S3 only, not ${destination}. Set a destination in S3.`);
  const keys = partitionNames(sink);
  for (const column of manifest.schema) {
    if (column.name === keys.batchDate || column.name === keys.source)
      throw new SinkError(
        `${name}: the data has a column ${column.name}, which is the name of a partition column. ` +
          'Set another name with sink key partitions.',
      );
    // Hive separates column names by commas.
    if (column.name.includes(','))
      throw new SinkError(
        `${name}: column ${column.name} has a comma in its name, which catalogs do not support. ` +
          'Rename the column in the source file.',
      );
  }
  return { database: sink.database, table, name, dataset: batch.dataset, destination, keys, sink };
}

/** Appends the slash without which `…/run-1` also means `…/run-10`. */
export const asFolder = (uri: string): string => `${uri}/`;
