import { fieldsOf, isText } from '@etl/lib/reading';
import type { BatchRequest } from '@etl/pipeline/batch/request';
import { workflowTypes } from '@etl/pipeline/definition';
import { lacksOnlySinks } from '@etl/pipeline/runs/next';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import { hasFailed, type RunView } from '@etl/pipeline/runs/runView';
import type { LetterGroup } from '../dlq/groups';
import type { RedrivePlan } from '../redrive';

/** A failed run with what Temporal knows of it. */
export interface FailedRun {
  readonly view: RunView;
  readonly facts: RunFacts;
}

/** How a failed run is retried. */
export type Retry =
  /** The data is committed: only the sinks that lack it apply it. */
  | { readonly kind: 'sinks'; readonly dataset: string; readonly batchDate: string; readonly group?: LetterGroup }
  | { readonly kind: 'redrive'; readonly group: LetterGroup; readonly plan: RedrivePlan }
  /** The event of a run without a dead letter. */
  | { readonly kind: 'event'; readonly input: unknown }
  | { readonly kind: 'batch'; readonly request: BatchRequest }
  | { readonly kind: 'none'; readonly why: 'running' | 'delivered' }
  | { readonly kind: 'impossible'; readonly problem: string };

/** Returns how a run is retried, so that nothing is delivered twice. `planOf` returns how a dead letter is redriven. */
export function retryOf(
  { view, facts }: FailedRun,
  groups: readonly LetterGroup[],
  planOf: (group: LetterGroup) => RedrivePlan,
): Retry {
  const { workflowId, batch, kind } = view;
  if (!hasFailed(view)) return { kind: 'none', why: view.outcome === 'delivered' ? 'delivered' : 'running' };
  if (kind === 'batch') return batchRetry(facts);
  const group = groups.find(({ copies }) => copies.some((letter) => letter.workflowId === workflowId));
  const { dataset, batchDate } = batch;
  if (lacksOnlySinks(view) && dataset !== undefined && batchDate !== undefined)
    return { kind: 'sinks', dataset, batchDate, ...(group && { group }) };
  if (group) return { kind: 'redrive', group, plan: planOf(group) };
  const isPipeline = facts.workflowType === workflowTypes.pipeline;
  if (!isPipeline || facts.input === undefined) return { kind: 'impossible', problem: 'its event cannot be read' };
  return { kind: 'event', input: facts.input };
}

/** A batch skips the files that it has delivered. It starts again for the days of the run that failed. */
function batchRetry({ input, memo }: RunFacts): Retry {
  const request = fieldsOf(input) as Partial<BatchRequest>;
  if (request.batchDate !== undefined || request.from !== undefined)
    return { kind: 'batch', request: request as BatchRequest };
  const { from, to } = fieldsOf(fieldsOf(memo?.batch).dates);
  if (!isText(from, 10) || !isText(to, 10)) {
    const problem = 'its days are unknown, because it ended before it was planned: start it with etl batch and --date';
    return { kind: 'impossible', problem };
  }
  return {
    kind: 'batch',
    request: { ...request, ...(from === to ? { batchDate: from } : { from, to }) } as BatchRequest,
  };
}

/**
 * Returns the runs to retry out of a list of failed ones: not a batch whose failed files are in the list themselves.
 */
export function withoutCoveredBatches(runs: readonly RunView[]): readonly RunView[] {
  const files = new Set(runs.filter(({ kind }) => kind === 'file').map(({ workflowId }) => workflowId));
  const isCovered = ({ kind, failureType, problems }: RunView): boolean =>
    kind === 'batch' &&
    failureType === 'BatchIncomplete' &&
    problems.length > 0 &&
    problems.every(({ workflowId }) => files.has(workflowId));
  return runs.filter((view) => !isCovered(view));
}
