import { type Batch, layout } from '@etl/pipeline/layout';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import { isBehind, type SinkStatus } from '@etl/pipeline/sinks/status';
import { newestCommitNumber } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import { readSinkStatus } from '@etl/storage/sinkStatus';

export interface SinkState {
  readonly name: string;
  /** Absent until the first commit was applied or failed. */
  readonly status?: SinkStatus;
  /** Whether the sink lacks the newest commit. */
  readonly behind: boolean;
}

/** Returns the newest commit of a batch, and the state of each of these sinks. */
export async function sinkStates(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  destination: string,
  batch: Batch,
  sinks: Sinks,
): Promise<{ readonly commit: number; readonly states: readonly SinkState[] }> {
  const place = layout(destination, batch);
  const commit = await newestCommitNumber(store, place);
  const states: SinkState[] = [];
  for (const name of Object.keys(sinks)) {
    const status = await readSinkStatus(store, place, name);
    states.push({ name, behind: isBehind(status, commit), ...(status && { status }) });
  }
  return { commit, states };
}
