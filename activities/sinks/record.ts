import { cut } from '@etl/lib/capped';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { ObjectStore } from '@etl/storage/objectStore';
import { readSinkStatus, writeSinkStatus } from '@etl/storage/sinkStatus';
import type { SinkAnswer, SinkInput } from '../contract';
import type { SinkState } from '../ports';

/** Maximum length of a reason, in characters. The failure of a run has one reason for each sink. */
const maxReason = 2000;

/** Writes the status of a sink after a commit was applied or could not be applied. Returns the result for the workflow. */
export async function record(
  store: Pick<ObjectStore, 'readSmall' | 'write'>,
  place: BatchLayout,
  { name, sink }: Pick<SinkInput, 'name' | 'sink'>,
  state: SinkState,
  commit: number,
): Promise<SinkAnswer> {
  const at = new Date().toISOString();
  const { type } = sink;
  if (state.state === 'applied') {
    await writeSinkStatus(store, place, name, { type, applied: commit, detail: state.detail, at });
  } else if (state.state === 'failed') {
    const { failed: _, ...known } = (await readSinkStatus(store, place, name)) ?? {};
    const reason = cut(state.reason, maxReason);
    await writeSinkStatus(store, place, name, { ...known, type, failed: { commit, reason }, at });
    return { ...state, reason, commit };
  }
  return { ...state, commit };
}
