import type { DescribedColumns } from '../columns/columnSchema';
import type { EventDetail } from '../event';
import type { Declaration } from './declaration';
import { deadlineMinutes } from './schedule';

/** Keys of the event that a declaration may set. */
type Declarable = Pick<
  EventDetail,
  'dialect' | 'columns' | 'quality' | 'rejects' | 'chunkRows' | 'destination' | 'compute'
>;

/**
 * Returns the event of a file of a declared dataset: the keys of the declaration, overridden by those of the event. In
 * `dialect`, `columns`, `quality`, `rejects` and `compute`, single keys override single keys.
 */
export function withDeclaration<Detail extends Partial<EventDetail>>(
  { name, declaration }: { readonly name: string; readonly declaration: Declaration },
  detail: Detail,
): Detail & { readonly dataset: string } {
  const { destination, chunkRows, dialect, columns, quality, rejects } = declaration;
  const minutes = declaration.schedule && deadlineMinutes(declaration.schedule);
  const compute = { ...(minutes !== undefined && { deadlineMinutes: minutes }), ...declaration.compute };
  const declared: Declarable = {
    ...(destination !== undefined && { destination }),
    ...(chunkRows !== undefined && { chunkRows }),
  };
  return {
    ...declared,
    ...detail,
    dataset: name,
    ...merged('dialect', dialect, detail.dialect),
    ...merged('columns', columns && withoutDescriptions(columns), detail.columns),
    ...merged('quality', quality, detail.quality),
    ...merged('rejects', rejects, detail.rejects),
    ...merged('compute', compute, detail.compute),
  };
}

/** Descriptions do not affect the data, so a changed description does not convert it again. */
function withoutDescriptions(columns: DescribedColumns): EventDetail['columns'] {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      if (typeof column === 'string') return [name, column];
      const { description: _, ...rules } = column;
      return [name, Object.keys(rules).length === 1 ? rules.type : rules];
    }),
  );
}

function merged<Key extends keyof Declarable>(
  key: Key,
  declared: Declarable[Key] | undefined,
  own: Declarable[Key] | undefined,
): Pick<Declarable, Key> | Record<never, never> {
  const both = { ...(declared as object | undefined), ...(own as object | undefined) };
  return Object.keys(both).length > 0 ? { [key]: both } : {};
}
