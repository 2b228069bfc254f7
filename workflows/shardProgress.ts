import { messageNames } from '@etl/pipeline/definition';
import type { Progress } from '@etl/pipeline/manifest';
import { defineSignal, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';

export interface ShardProgress {
  readonly number: number;
  readonly progress: Progress;
}

const shardProgressSignal = defineSignal<[ShardProgress]>(messageNames.shardProgress);

/** Of 500 shards each signal costs the pipeline four events of its history, which has room for 50,000. */
const tellings = 4;

/** Tells the pipeline how far one of its shards is: at every quarter, and never again what it knows. */
export function tellPipeline(number: number): (progress: Progress) => void {
  let told = 0;
  return (progress) => {
    const { parent } = workflowInfo();
    const reached = Math.floor((tellings * progress.bytesRead) / Math.max(1, progress.bytesTotal));
    if (!parent || reached <= told) return;
    told = reached;
    // A comfort: that it cannot be told ends nothing.
    getExternalWorkflowHandle(parent.workflowId, parent.runId)
      .signal(shardProgressSignal, { number, progress })
      .catch(() => undefined);
  };
}

/** How far the shards of a round are together; `onChange` when one of them has told. */
export function gatherProgress(bytesTotal: number, onChange: () => void) {
  const known = new Map<number, Progress>();
  setHandler(
    shardProgressSignal,
    ({ number, progress }) => {
      known.set(number, progress);
      onChange();
    },
    { description: 'Sent by a shard: how far it is' },
  );
  return (): Progress | undefined => {
    const all = [...known.values()];
    const sum = (of: 'bytesRead' | 'rowsRead' | 'parts'): number => all.reduce((total, each) => total + each[of], 0);
    const updatedAt =
      all
        .map((each) => each.updatedAt)
        .sort()
        .at(-1) ?? '';
    if (all.length === 0) return undefined;
    return {
      phase: 'converting',
      ...{ bytesRead: sum('bytesRead'), bytesTotal, rowsRead: sum('rowsRead'), parts: sum('parts'), updatedAt },
    };
  };
}
