import { declaredType } from '@etl/pipeline/columns/declared';
import type { Declaration } from '@etl/pipeline/dataset/declaration';
import type { SchemaColumn } from '@etl/pipeline/manifest';

export interface ColumnDifference {
  readonly column: string;
  /** Declared type; null: the column is not declared. */
  readonly declared: string | null;
  /** Type in the data; null: the data does not have the column. */
  readonly delivered: string | null;
}

/** Returns the columns whose declared type is not that of delivered data, first the declared ones. */
export function columnDifferences(
  { columns = {} }: Pick<Declaration, 'columns'>,
  schema: readonly Pick<SchemaColumn, 'name' | 'type'>[],
): ColumnDifference[] {
  const delivered = new Map(schema.map(({ name, type }): [string, string] => [name, type]));
  const declared = new Map(
    Object.entries(columns).map(([name, column]): [string, string] => [name, declaredType(column)]),
  );
  const differing = [...declared].filter(([name, type]) => delivered.get(name) !== type);
  const others = [...delivered].filter(([name]) => !declared.has(name));
  return [
    ...differing.map(([column, type]) => ({ column, declared: type, delivered: delivered.get(column) ?? null })),
    ...others.map(([column, type]) => ({ column, declared: null, delivered: type })),
  ];
}
