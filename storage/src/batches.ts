import { isCalendarDate } from '@etl/lib/names';
import { joinUri, pathBelow } from '@etl/lib/uri';
import { type Batch, layout } from '@etl/pipeline/layout';
import type { ObjectStore } from './objectStore';

export interface BatchesQuery {
  /** @default all datasets */
  readonly dataset?: string;
  /** Batch date. Requires `dataset`. @default all dates */
  readonly batchDate?: string;
  /** A batch that `nameOf` names: only later ones are listed. */
  readonly after?: string;
  /** Folders of which a batch has at least one. @default those with a commit log */
  readonly having?: readonly ('commits' | 'work')[];
}

/**
 * Yields the batches below a destination that have a commit log, by dataset, batch date and source. Skips the other
 * records below `_etl/`, and objects whose keys cannot be those of a batch.
 */
export async function* batchesBelow(
  store: Pick<ObjectStore, 'list'>,
  destination: string,
  { dataset, batchDate: onlyDate, after, having = ['commits'] }: BatchesQuery = {},
): AsyncIterable<Batch> {
  const root = joinUri(destination, '_etl');
  const names = dataset === undefined ? [] : [dataset, ...(onlyDate === undefined ? [] : [onlyDate])];
  const prefix = joinUri(root, ...names);
  const folders = new Set<string | undefined>(having);
  let latest = after;
  const options = after === undefined ? {} : { after: layoutOfName(destination, after).commits };
  for await (const { uri } of store.list(prefix, options)) {
    const [name = '', batchDate = '', source = '', folder] = pathBelow(root, uri)?.split('/') ?? [];
    const batch = { dataset: name, batchDate, source };
    const isBatch = folders.has(folder) && !/^(_|$)/.test(name) && isCalendarDate(batchDate) && source !== '';
    if (!isBatch || nameOf(batch) === latest) continue;
    latest = nameOf(batch);
    yield batch;
  }
}

/** Returns `<dataset>/<batchDate>/<source>`. */
export function nameOf({ dataset, batchDate, source }: Batch): string {
  return `${dataset}/${batchDate}/${source}`;
}

function layoutOfName(destination: string, name: string) {
  const [dataset = '', batchDate = '', source = ''] = name.split('/');
  return layout(destination, { dataset, batchDate, source });
}
