import type { Column } from '@aws-sdk/client-glue';
import { type ColumnType, isColumnType } from '@etl/pipeline/columns/types';
import type { SchemaColumn } from '@etl/pipeline/manifest';
import { SinkError } from '../../../activities/ports';
import type { Target } from './target';
import { catalogType, commonType } from './types';

/** Parameter of a column with its declared type: several declared types share one catalog type. */
const typeParameter = 'etl.type';

/** Returns the columns of files with this schema. */
export function columnsOf(schema: readonly SchemaColumn[]): Column[] {
  return schema.map(({ name, type }) => columnOf(name, type));
}

function columnOf(name: string, type: ColumnType): Column {
  return { Name: name, Type: catalogType(type), Parameters: { [typeParameter]: type } };
}

/**
 * Returns the columns of a table after a commit: existing columns keep their order, and new ones follow. Returns
 * undefined if nothing changes.
 * @throws SinkError for a type that cannot be widened without loss
 */
export function mergedColumns(
  existing: readonly Column[],
  schema: readonly SchemaColumn[],
  target: Target,
): Column[] | undefined {
  const incoming = new Map(schema.map(({ name, type }) => [name, type]));
  const kept = existing.map((column) => {
    const type = incoming.get(nameOf(column));
    return type === undefined ? column : widened(column, type, target);
  });
  const known = new Set(existing.map(nameOf));
  const added = columnsOf(schema.filter(({ name }) => !known.has(name)));
  const isChanged = added.length > 0 || kept.some((column, index) => column !== existing[index]);
  return isChanged ? [...kept, ...added] : undefined;
}

/** Other writers may have created names in upper case. The catalog ignores case. */
const nameOf = ({ Name = '' }: Column): string => Name.toLowerCase();

function widened(column: Column, incoming: ColumnType, target: Target): Column {
  const current = typeOf(column, incoming);
  const common = current && commonType(current, incoming);
  // With projection, partitions have no schema: every file is read with the types of the table.
  if (!common || (target.sink.projection && catalogType(incoming) !== lowerTypeOf(column)))
    throw new SinkError(
      `${target.name}: column ${column.Name} is ${described(current, column)} in the table and ` +
        `${described(incoming)} in the batch, which cannot be combined. ` +
        `${current ? `Declare the column as ${current} in the dataset and deliver the batch again, or set` : 'Set'} ` +
        `another table with sink key table.`,
    );
  if (common === current) return column;
  return { ...column, Type: catalogType(common), Parameters: { ...column.Parameters, [typeParameter]: common } };
}

/** Returns the declared type of a column. A column that another writer created has the catalog type only. */
function typeOf(column: Column, incoming: ColumnType): ColumnType | undefined {
  const inCatalog = lowerTypeOf(column);
  const candidates = [column.Parameters?.[typeParameter], incoming, 'int32', 'integer', inCatalog];
  return candidates.filter(isColumnType).find((type) => catalogType(type) === inCatalog);
}

const lowerTypeOf = ({ Type = '' }: Column): string => Type.toLowerCase();

/** Returns `integer (bigint)`: the declared type and the catalog type. */
function described(type: ColumnType | undefined, column?: Column): string {
  const inCatalog = column?.Type ?? (type && catalogType(type));
  return type === undefined || type === inCatalog ? `${inCatalog}` : `${type} (${inCatalog})`;
}
