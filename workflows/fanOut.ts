import { joinUri } from '@etl/lib/uri';
import type { ContainerMode } from '@etl/pipeline/container';
import { indexName, layout, reconcileName } from '@etl/pipeline/layout';
import { isCancellation } from '@temporalio/workflow';
import type { Delivered } from './confirmed';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { deliveredAllTheSame, workLeftBy } from './lastLook';
import type { Ended, RunContext } from './runTask';
import { settleCommit, settleWork } from './settle';
import { convertShards } from './shards';
import { transform, type Work } from './transform';

/**
 * How often the shards convert. The first commit has seen the values of every chunk, so that the types it settles on hold
 * for all of them: what is converted again under these needs no wider ones, and the second commit finds nothing stale.
 */
const maxRounds = 2;

/** How the last task of a conversion is run: by itself, or with an approval in between. */
export type Publish = (first: Work<Delivered>, approved: Work<Delivered>) => Promise<Delivered>;

/** One file, converted by several tasks: an index of its chunks, a child workflow for each share of them, one commit. */
export async function fanOut(context: RunContext, of: number, publish: Publish): Promise<Delivered> {
  const { plan, run } = context;
  const workOf = (generation: number | undefined, name: string): string =>
    joinUri(layout(plan.destination, plan.batch).work(run.runId, generation ?? 1), name);
  const indexUri = await transform(context, {
    mode: { kind: 'index' },
    settle: (launched: RunContext, ended: Ended) => settleWork(launched, ended, workOf(ended.generation, indexName)),
    lastLook: (launched: RunContext, tried) => workLeftBy(launched, tried, (number) => workOf(number, indexName)),
  });
  let reconcileUri: string | undefined;
  for (let round = 1; ; round++) {
    await convertShards(context, { of, indexUri, ...(reconcileUri !== undefined && { reconcileUri }) });
    try {
      // What a gate holds was merged already: the launch that publishes it takes over all of it.
      return await publish(commit({ of, indexUri }), commit());
    } catch (error) {
      const widened = asFailure(error);
      if (isCancellation(error) || failureTypeOf(widened) !== 'SchemaWidened') throw error;
      if (round === maxRounds) {
        const reason = `the shards have converted again, and the commit still finds parts of another schema: ${widened.message}`;
        throw failure('TaskFailed', reason, evidenceIn(widened));
      }
      reconcileUri = workOf(evidenceIn(widened).generation, reconcileName);
    }
  }
}

/** Publishes what shards have converted, or what a gate has held. */
export function commit(shards?: NonNullable<Extract<ContainerMode, { kind: 'commit' }>['shards']>): Work<Delivered> {
  return {
    mode: { kind: 'commit', ...(shards && { shards }) },
    settle: settleCommit,
    lastLook: (context) => deliveredAllTheSame(context),
  };
}
