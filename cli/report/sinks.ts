import { pathBelow } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { SinkOutcome } from '@etl/pipeline/sinks/outcome';
import { isBehind } from '@etl/pipeline/sinks/status';
import { newestCommitNumber } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import { readSinkStatus } from '@etl/storage/sinkStatus';
import type { SinkState } from '../../report/run/data';

/** Objects of sinks that are listed at most. */
const maxObjects = 1000;

/**
 * Returns the state of each sink to which the batch was ever applied, and of those that a run names.
 *
 * @throws {StorageError}
 */
export async function sinksOf(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  place: BatchLayout,
  outcomes: readonly SinkOutcome[],
): Promise<SinkState[]> {
  const names = new Set(outcomes.map(({ sink }) => sink));
  let listed = 0;
  for await (const { uri } of store.list(place.sinks)) {
    const [name = ''] = pathBelow(place.sinks, uri)?.split('/') ?? [];
    if (name !== '') names.add(name);
    if (++listed >= maxObjects) break;
  }
  const newest = await newestCommitNumber(store, place);
  const states: SinkState[] = [];
  for (const sink of [...names].sort()) {
    const status = await readSinkStatus(store, place, sink);
    const outcome = outcomes.find((each) => each.sink === sink);
    const failed = status?.failed?.reason ?? (outcome?.state === 'failed' ? outcome.reason : undefined);
    const behind = isBehind(status, newest);
    const at = status === undefined ? {} : { at: status.at };
    if (behind && failed !== undefined) states.push({ sink, state: 'failed', detail: failed, ...at });
    else if (behind) states.push({ sink, state: 'behind', detail: `lacks commit ${newest}`, ...at });
    else states.push({ sink, state: 'applied', detail: status?.detail ?? `commit ${status?.applied}`, ...at });
  }
  return states;
}
