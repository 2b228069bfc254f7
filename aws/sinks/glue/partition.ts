import type { Partition, PartitionInput } from '@aws-sdk/client-glue';
import type { Batch } from '@etl/pipeline/layout';
import type { SinkCommit } from '../../../activities/ports';
import { columnsOf } from './columns';
import { storageOf } from './storage';
import { asFolder } from './target';

/** Parameters of a partition that identify its commit. */
const commitParameter = 'etl.commit';
const runParameter = 'etl.run';
const startedParameter = 'etl.run.started';

/** Returns the values of a batch's partition, in the order of the keys. */
export const valuesOf = ({ batchDate, source }: Batch): string[] => [batchDate, source];

/**
 * Returns the partition of a commit. The partition has the columns and types of its own files: Athena and Trino read the
 * files with these types and then cast the values to the types of the table. `numRows`, `numFiles` and `totalSize` are
 * Hive's statistics for query planners.
 */
export function partitionOf({ batch, number, manifest, folder }: SinkCommit): PartitionInput {
  const { parts, schema, runId, runStartedAt } = manifest;
  const sum = (of: 'rows' | 'bytes') => String(parts.reduce((total, part) => total + part[of], 0));
  return {
    Values: valuesOf(batch),
    Parameters: {
      [commitParameter]: String(number),
      [runParameter]: runId,
      [startedParameter]: runStartedAt,
      numFiles: String(parts.length),
      numRows: sum('rows'),
      totalSize: sum('bytes'),
    },
    StorageDescriptor: storageOf(columnsOf(schema), folder),
  };
}

/**
 * Compares the commit of a partition with another commit: first by the start of the run, then by number. Within one
 * commit log, both have the same order. A new destination has a new log, whose numbers start again. A partition that
 * another program created is `older`.
 */
export function compared(partition: Partition, { number, manifest, folder }: SinkCommit): 'older' | 'same' | 'newer' {
  const { [commitParameter]: commit, [startedParameter]: started } = partition.Parameters ?? {};
  if (commit === undefined || started === undefined) return 'older';
  const later = Date.parse(started) - Date.parse(manifest.runStartedAt) || Number(commit) - number;
  if (later > 0) return 'newer';
  return later === 0 && partition.StorageDescriptor?.Location === asFolder(folder) ? 'same' : 'older';
}
