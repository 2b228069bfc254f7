import { columnIds } from '@etl/pipeline/columns/columnIds';
import { isStoredAsText } from '@etl/pipeline/columns/types';
import type { SchemaColumn } from '@etl/pipeline/manifest';
import type { Conversion } from '../chunks/conversion';
import { greatest } from '../chunks/greatest';

/** Returns the columns of a manifest. */
export function schemaColumns({ plans, chunks }: Pick<Conversion, 'plans' | 'chunks'>): SchemaColumn[] {
  const ids = columnIds(plans.map(({ name }) => name));
  const written = chunks.filter(({ part }) => part !== undefined);
  const known = written.flatMap(({ maxBytes }) => (maxBytes?.length === plans.length ? [maxBytes] : []));
  // One part without lengths may have the longest value of all.
  const lengths = known.length === written.length ? greatest(known, plans.length) : [];
  return plans.map(({ name, type, sourceName }, index) => {
    const [id, maxBytes] = [ids[index], lengths[index]];
    return {
      ...{ name, type, sourceName },
      ...(id !== undefined && { id }),
      ...(maxBytes !== undefined && isStoredAsText(type) && { maxBytes }),
    };
  });
}
