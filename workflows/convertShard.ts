import type { ContainerMode } from '@etl/pipeline/container';
import type { Launch } from '@etl/pipeline/launches';
import { layout, shardName } from '@etl/pipeline/layout';
import type { Plan } from '@etl/pipeline/plan';
import { joinUri } from '@etl/pipeline/uri';
import { isCancellation, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { RunIdentity } from '../activities/contract';
import { asFailure, failureTypeOf } from './failures';
import { runContext } from './runTask';
import { settleWork } from './settle';
import { passOnProgress } from './shardProgress';
import { trackStatus } from './status';
import { maxShownLaunches, transform } from './transform';

export interface ShardInput {
  /** As the pipeline follows it. */
  readonly plan: Plan;
  readonly title: string;
  readonly mode: Extract<ContainerMode, { kind: 'shard' }>;
}

export interface ShardResult {
  readonly shardUri: string;
  readonly launches: readonly Launch[];
}

/**
 * One of the tasks that convert a file together, with launches, budgets and a stop of its own. Whoever cares for the
 * file as a whole, alerts and dead letters with it, is the pipeline that started it.
 */
export async function convertShard({ plan, title, mode }: ShardInput): Promise<ShardResult> {
  const { workflowId, runId, runStartTime } = workflowInfo();
  const run: RunIdentity = { workflowId, runId, startedAt: runStartTime.toISOString() };
  const status = trackStatus(`${title}, shard ${mode.number} of ${mode.of}`, passOnProgress(mode.number));
  const launches = () => status.launches().slice(-maxShownLaunches);
  const finish = (end: Record<string, unknown>, note?: string): void => {
    status.set({ step: 'done', ...(note !== undefined && { note }) });
    upsertMemo({ etl: { ...end, launches: launches() } });
  };
  const place = layout(plan.destination, plan.batch);
  try {
    const shardUri = await transform(runContext({ plan, run, title, status }), {
      mode,
      settle: (context, ended) => settleWork(context, ended, joinUri(place.work(runId, ended.generation), shardName)),
    });
    finish({ outcome: 'converted', shardUri });
    return { shardUri, launches: launches() };
  } catch (error) {
    const failed = asFailure(error);
    finish({ outcome: failureTypeOf(failed), reason: failed.message }, `${failed.type}: ${failed.message}`);
    throw isCancellation(error) ? error : failed;
  }
}
