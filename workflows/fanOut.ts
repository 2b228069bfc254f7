import { joinUri } from '@etl/lib/uri';
import type { ContainerMode } from '@etl/pipeline/container';
import { indexName, layout, reconcileName } from '@etl/pipeline/layout';
import { isCancellation } from '@temporalio/workflow';
import type { Delivered } from './confirmed';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { committedByThisRun, outputOf } from './finalCheck';
import type { Ended, RunContext } from './runTask';
import { settleCommit, settleWork } from './settle';
import { convertShards } from './shards';
import { transform, type Work } from './transform';

/**
 * Maximum number of times that the shards convert. The first commit has seen the values of every chunk, so the types
 * that it chooses fit all of them: the second conversion needs no wider types, and the second commit finds no stale
 * parts.
 */
const maxRounds = 2;

/** Runs the last task of a conversion: `first`, and `approved` after an approval if a quality gate holds the batch. */
export type Publish = (first: Work<Delivered>, approved: Work<Delivered>) => Promise<Delivered>;

/** Converts one file with several tasks: an index of its chunks, a child workflow per shard, and one commit. */
export async function fanOut(context: RunContext, of: number, publish: Publish): Promise<Delivered> {
  const { plan, run } = context;
  const workOf = (generation: number | undefined, name: string): string =>
    joinUri(layout(plan.destination, plan.batch).work(run.runId, generation ?? 1), name);
  const indexUri = await transform(context, {
    mode: { kind: 'index' },
    settle: (launched: RunContext, ended: Ended) => settleWork(launched, ended, workOf(ended.generation, indexName)),
    finalCheck: (launched: RunContext, tried) => outputOf(launched, tried, (number) => workOf(number, indexName)),
  });
  let reconcileUri: string | undefined;
  for (let round = 1; ; round++) {
    await convertShards(context, { of, indexUri, ...(reconcileUri !== undefined && { reconcileUri }) });
    try {
      // A held batch is already merged: the launch that publishes it reuses the merged parts.
      return await publish(commit({ of, indexUri }), commit());
    } catch (error) {
      const widened = asFailure(error);
      if (isCancellation(error) || failureTypeOf(widened) !== 'SchemaWidened') throw error;
      if (round === maxRounds) {
        const reason = `the shards were converted again, but the commit still finds parts with another schema: ${widened.message}`;
        throw failure('TaskFailed', reason, evidenceIn(widened));
      }
      reconcileUri = workOf(evidenceIn(widened).generation, reconcileName);
    }
  }
}

/** Returns the work that publishes converted shards, or a batch that a quality gate held. */
export function commit(shards?: NonNullable<Extract<ContainerMode, { kind: 'commit' }>['shards']>): Work<Delivered> {
  return {
    mode: { kind: 'commit', ...(shards && { shards }) },
    settle: settleCommit,
    finalCheck: (context) => committedByThisRun(context),
  };
}
