import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { Batch } from '@etl/pipeline/layout';
import { batchesBelow, nameOf } from '@etl/storage/batches';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { SinkWork, SinkWorkPage, SinkWorkQuery } from '../contract';
import { inTurn } from '../inTurn';
import { declaredSinks } from './declaredSinks';
import { sinkStates } from './sinkStates';

/** Maximum number of batches whose states are read at the same time. */
const maxReads = 16;

/** Maximum number of batches that one page lists, including those outside the dates, so that it ends before its timeout. */
const maxLooked = 5000;

/**
 * Returns one page of the batches to which a replay applies its sinks: those that lack the newest commit, or all.
 * @throws {DeclarationError}
 */
export async function listSinkWork(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  { datasets, cleanBase }: { readonly datasets: Datasets; readonly cleanBase: string },
  query: SinkWorkQuery,
): Promise<SinkWorkPage> {
  const { dataset, from = '', to = '9999-12-31', after, limit, all = false } = query;
  const { destination, sinks } = declaredSinks(datasets, cleanBase, dataset, query.sink);
  const batches: Batch[] = [];
  let next: string | undefined;
  let looked = 0;
  for await (const batch of batchesBelow(store, destination, { dataset, ...(after !== undefined && { after }) })) {
    if (batches.length === limit || looked === maxLooked) break;
    looked++;
    next = nameOf(batch);
    if (batch.batchDate >= from && batch.batchDate <= to) batches.push(batch);
  }
  const isLast = batches.length < limit && looked < maxLooked;
  const found = await inTurn(batches, maxReads, async (batch): Promise<SinkWork | undefined> => {
    const { commit, states } = await sinkStates(store, destination, batch, sinks);
    const due = states.filter(({ behind }) => all || behind).map(({ name }) => name);
    const chosen = Object.fromEntries(Object.entries(sinks).filter(([name]) => due.includes(name)));
    return due.length === 0 ? undefined : { batch, destination, commit, sinks: chosen };
  });
  const work = found.filter((each) => each !== undefined);
  return { work, current: found.length - work.length, ...(!isLast && next !== undefined && { next }) };
}
