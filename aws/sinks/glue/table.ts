import type { Column, Table, TableInput } from '@aws-sdk/client-glue';
import { datasetFolder } from '@etl/pipeline/layout';
import { type SinkCommit, SinkError } from '../../../activities/ports';
import { columnsOf, mergedColumns } from './columns';
import { isProjected, projectionParameters } from './projection';
import { parquetSerde, storageOf } from './storage';
import type { Target } from './target';

/** Parameter of a table that names its dataset. Commits of other datasets are rejected. */
const datasetParameter = 'etl.dataset';

/** Types of the partition columns. Queries can compare a date with `current_date`, and every batch date is a date. */
const batchDateType = 'date';
const sourceType = 'string';

/**
 * Returns a new table for a commit. Its location is the published folder of the dataset, where MSCK REPAIR TABLE, and
 * programs that read a location without its partitions, find each batch once. Commit folders also contain replaced
 * batches.
 */
export function newTable(target: Target, { manifest }: SinkCommit): TableInput {
  return {
    Name: target.table,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      [datasetParameter]: target.dataset,
      ...projectionParameters(target),
    },
    PartitionKeys: [
      { Name: target.keys.batchDate, Type: batchDateType },
      { Name: target.keys.source, Type: sourceType },
    ],
    StorageDescriptor: storageOf(columnsOf(manifest.schema), datasetFolder(target.destination, target.dataset)),
  };
}

/**
 * Returns a table after a commit: columns are added or widened, and everything else stays. Returns undefined if nothing
 * changes.
 * @throws SinkError if the table cannot hold the commit
 */
export function evolvedTable(table: Table, target: Target, { manifest }: SinkCommit): TableInput | undefined {
  checkTable(table, target);
  const columns = mergedColumns(columnsIn(table), manifest.schema, target);
  const projection = projectionParameters(target);
  const isChanged = Object.entries(projection).some(([name, value]) => table.Parameters?.[name] !== value);
  if (!columns && !isChanged) return undefined;
  return {
    ...inputOf(table, target),
    Parameters: { ...table.Parameters, ...projection },
    StorageDescriptor: { ...table.StorageDescriptor, Columns: columns ?? [...columnsIn(table)] },
  };
}

const columnsIn = ({ StorageDescriptor }: Table): readonly Column[] => StorageDescriptor?.Columns ?? [];

/** Returns the properties that UpdateTable must repeat, because it replaces the whole table. */
function inputOf(table: Table, target: Target): TableInput {
  const { Description, Owner, LastAccessTime, LastAnalyzedTime, Retention, PartitionKeys, TableType } = table;
  return {
    Name: target.table,
    ...{ Description, Owner, LastAccessTime, LastAnalyzedTime, Retention, PartitionKeys, TableType },
  };
}

export function checkTable({ PartitionKeys = [], StorageDescriptor, Parameters }: Table, target: Target): void {
  const refuse = (what: string, remedy = 'Set another table with sink key table, or delete this one'): never => {
    throw new SinkError(`${target.name} exists and ${what}. ${remedy}.`);
  };
  if (StorageDescriptor?.SerdeInfo?.SerializationLibrary !== parquetSerde) refuse('is not a table of Parquet files');
  const [batchDate, source, ...more] = PartitionKeys;
  const has = (key: Column | undefined, name: string, types: readonly string[]) =>
    key?.Name === name && types.includes(key.Type ?? '');
  if (
    more.length > 0 ||
    !has(batchDate, target.keys.batchDate, [batchDateType, 'string']) ||
    !has(source, target.keys.source, [sourceType])
  ) {
    const keys = PartitionKeys.map(({ Name, Type }) => `${Name} ${Type}`).join(', ') || 'nothing';
    refuse(`is partitioned by ${keys}, not by ${target.keys.batchDate} date, ${target.keys.source} string`);
  }
  const dataset = Parameters?.[datasetParameter] ?? target.dataset;
  if (dataset !== target.dataset) refuse(`belongs to dataset ${dataset}`, 'Set another table with sink key table');
  if (isProjected(Parameters) && !target.sink.projection)
    refuse(
      'has partition projection, which hides registered partitions',
      'Remove the parameter projection.enabled of the table, or declare projection for the sink',
    );
}
