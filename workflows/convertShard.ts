import { joinUri } from '@etl/lib/uri';
import { costText } from '@etl/pipeline/endOfRun';
import type { Launch } from '@etl/pipeline/launches';
import { layout, shardName } from '@etl/pipeline/layout';
import { isCancellation, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { RunIdentity } from '../activities/contract';
import { asFailure, failure, failureTypeOf } from './failures';
import { outputOf } from './finalCheck';
import { costOf, shownLaunches } from './finish';
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
  const launches = () => shownLaunches(status);
  const finish = (end: Record<string, unknown>, headline: string, note?: string): void => {
    const { costUsd } = costOf(status);
    const cost = costText(costUsd, status.launches().length);
    status.end({ headline, cost, next: { text: 'see its pipeline' } }, note);
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
    finish({ outcome: 'converted', shardUri }, 'Converted');
    return { shardUri, launches: launches() };
  } catch (error) {
    const failed = asFailure(error);
    const failureType = failureTypeOf(failed);
    finish({ outcome: failureType, reason: failed.message }, failureType, failed.message);
    throw isCancellation(error) ? error : failed;
  }
}
