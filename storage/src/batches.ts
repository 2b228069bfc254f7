import { joinUri } from '@etl/lib/uri';
import { type Batch, layout } from '@etl/pipeline/layout';
import type { ObjectStore } from './objectStore';

export interface BatchesQuery {
  /** @default all datasets */
  readonly dataset?: string;
  /** A batch that `nameOf` names: only later ones are listed. */
  readonly after?: string;
}

/**
 * Yields the batches below a destination that have a commit log, by dataset, batch date and source. Skips the other
 * records below `_etl/`.
 */
export async function* batchesBelow(
  store: Pick<ObjectStore, 'list'>,
  destination: string,
  { dataset, after }: BatchesQuery = {},
): AsyncIterable<Batch> {
  const root = joinUri(destination, '_etl');
  const prefix = dataset === undefined ? root : joinUri(root, dataset);
  let latest = after;
  const options = after === undefined ? {} : { after: layoutOfName(destination, after).commits };
  for await (const { uri } of store.list(prefix, options)) {
    const [name = '', batchDate = '', source = '', folder] = uri
      .slice(root.length + 1)
      .split('/')
      .map(decodeURIComponent);
    const batch = { dataset: name, batchDate, source };
    if (folder !== 'commits' || name.startsWith('_') || nameOf(batch) === latest) continue;
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
