import { joinUri } from '@etl/lib/uri';
import { maxShownLaunches } from '@etl/pipeline/evidence';
import type { Launch } from '@etl/pipeline/launches';
import { layout, shardName } from '@etl/pipeline/layout';
import { isCancellation, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { RunIdentity } from '../activities/contract';
import { asFailure, failure, failureTypeOf } from './failures';
import { outputOf } from './finalCheck';
import { runContext } from './runTask';
import { settleWork } from './settle';
import type { ShardInput } from './shardInput';
import { readShardInput } from './shardInput';
import { forwardProgress } from './shardProgress';
import { trackStatus } from './status';
import { transform } from './transform';

export interface ShardResult {
  readonly shardUri: string;
  readonly launches: readonly Launch[];
}

/**
 * Converts one shard of a file, with its own launches, retry budgets and cancellation. The parent pipeline handles
 * alerts, dead letters and the commit.
 */
export async function convertShard(input: ShardInput): Promise<ShardResult> {
  const { workflowId, runId, runStartTime } = workflowInfo();
  const reading = readShardInput(input);
  if ('problem' in reading) throw failure('BadConfiguration', `the argument of convertShard: ${reading.problem}`);
  const { plan, title, mode } = reading.value;
  const run: RunIdentity = { workflowId, runId, startedAt: runStartTime.toISOString() };
  const status = trackStatus(`${title}, shard ${mode.number} of ${mode.of}`, forwardProgress(mode.number));
  const launches = () => status.launches().slice(-maxShownLaunches);
  const finish = (end: Record<string, unknown>, note?: string): void => {
    status.set({ step: 'done', ...(note !== undefined && { note }) });
    upsertMemo({ etl: { ...end, launches: launches() } });
  };
  try {
    const place = layout(plan.destination, plan.batch);
    const reportOf = (generation: number) => joinUri(place.work(runId, generation), shardName);
    const shardUri = await transform(runContext({ plan, run, title, status }), {
      mode,
      settle: (context, ended) => settleWork(context, ended, reportOf(ended.generation)),
      finalCheck: (context, tried) => outputOf(context, tried, reportOf),
    });
    finish({ outcome: 'converted', shardUri });
    return { shardUri, launches: launches() };
  } catch (error) {
    const failed = asFailure(error);
    finish({ outcome: failureTypeOf(failed), reason: failed.message }, `${failed.type}: ${failed.message}`);
    throw isCancellation(error) ? error : failed;
  }
}
