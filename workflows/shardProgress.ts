import { messageNames } from '@etl/pipeline/definition';
import type { Progress } from '@etl/pipeline/manifest';
import { sumOfProgress } from '@etl/pipeline/progress';
import { readShardProgress } from '@etl/pipeline/runMessages';
import type { ShardProgress } from '@etl/pipeline/runStatus';
import { defineSignal, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { onSignal } from './handlers';

const shardProgressSignal = defineSignal<[ShardProgress]>(messageNames.shardProgress);

/**
 * Signals that a shard sends to its pipeline. Each costs the pipeline four history events, and the history has room for
 * 50,000 events of up to 500 shards. Shards in flight replay with this number: guard a change with `patched()`.
 */
const signalsPerShard = 4;

/** Returns a function that signals the progress of a shard to its pipeline, once per quarter. */
export function forwardProgress(number: number): (progress: Progress) => void {
  let passed = 0;
  return (progress) => {
    const { parent } = workflowInfo();
    const reached = Math.floor((signalsPerShard * progress.bytesRead) / Math.max(1, progress.bytesTotal));
    if (!parent || reached <= passed) return;
    passed = reached;
    // Best effort: a failed progress report does not fail the shard.
    getExternalWorkflowHandle(parent.workflowId, parent.runId)
      .signal(shardProgressSignal, { number, progress })
      .catch(() => undefined);
  };
}

/** Collects the progress of the shards of a round. Calls `onChange` after each report. */
export function collectProgress(source: { readonly bytes: number; readonly shards: number }, onChange: () => void) {
  const known = new Map<number, Progress>();
  onSignal(shardProgressSignal, {
    read: (input) => readShardProgress(input, source.shards),
    handle: ({ number, progress }) => {
      // A report may arrive after its shard has ended.
      if (known.get(number)?.phase === 'done') return;
      known.set(number, progress);
      onChange();
    },
    description: 'Sent by a shard: its progress',
  });
  return {
    /** Counts a shard as fully read: its last report may be old, and a short shard sends none. */
    end(number: number): void {
      const share = Math.floor(source.bytes / source.shards);
      const { bytesTotal, rowsRead, parts } = known.get(number) ?? { bytesTotal: share, rowsRead: 0, parts: 0 };
      const updatedAt = new Date().toISOString();
      known.set(number, { phase: 'done', bytesRead: bytesTotal, bytesTotal, rowsRead, parts, updatedAt });
    },
    /** Returns the total progress of all shards; undefined before the first report. */
    sum(): Progress | undefined {
      const sum = sumOfProgress([...known.values()]);
      return sum && { ...sum, bytesTotal: source.bytes };
    },
  };
}
