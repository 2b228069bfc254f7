import { fieldsOf, isAmount } from '@etl/lib/reading';
import { readRun } from '@etl/pipeline/costs/readRun';
import { launchCosts, type RunRecord } from '@etl/pipeline/costs/runCost';
import type { Manifest } from '@etl/pipeline/manifest';
import type { RunPrices } from '@etl/pipeline/prices/table';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import { hasFailed, type RunView } from '@etl/pipeline/runs/runView';
import type { RunCosts } from '../../report/run/data';
import { hasSize, recordOfCommit } from '../cost/commits';

/** Returns the cost of each launch of a run: from its memo, from an open run's answer, or from the commit alone. */
export function costsOf(
  view: RunView,
  facts: RunFacts | undefined,
  manifest: Manifest | undefined,
  prices: RunPrices,
): RunCosts {
  const record =
    (facts && recordOf(view, facts)) ??
    (facts || !manifest || !hasSize(manifest) ? undefined : recordOfCommit(manifest));
  if (!record) return { launches: [] };
  const { launches, estimateUsd } = record;
  const costs = launchCosts(record, prices).map((cost, index) => {
    const launch = launches[index];
    return { ...cost, ...(cost.isListed && launch && { launch }) };
  });
  return { launches: costs, ...(estimateUsd !== undefined && { estimateUsd }) };
}

function recordOf(view: RunView, { memo, answer, startedAt }: RunFacts): RunRecord {
  const { workflowId, launches, costUsd, batch } = view;
  const recorded = readRun({ workflowId, startTime: new Date(startedAt), memo });
  if (recorded) return recorded;
  const { costUsd: estimateUsd } = fieldsOf(fieldsOf(fieldsOf(answer).routing).estimate);
  return {
    id: workflowId,
    dataset: batch.dataset ?? '',
    day: startedAt.slice(0, 10),
    // What an open run has spent is not waste before it has ended.
    delivered: !hasFailed(view),
    launches,
    ...(costUsd !== undefined && { costUsd }),
    ...(isAmount(estimateUsd) && { estimateUsd }),
  };
}
