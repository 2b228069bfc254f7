import { fieldsOf, isAmount } from '@etl/lib/reading';
import type { RunFacts } from '../runs/runFacts';
import { hasFailed } from '../runs/runView';
import { runViewOf } from '../runs/viewOf';
import type { RunFact } from './cell';

/** Returns what the calendar needs of a run, from its memo and, for an open run, its answer. */
export function runFactOf(facts: RunFacts): RunFact {
  const { kind, workflowId, runId, batch, outcome, startedAt, failureType, reason, costUsd } = runViewOf(facts);
  const { source } = batch;
  const state = outcome === 'delivered' ? 'completed' : hasFailed({ outcome }) ? 'failed' : outcome;
  const memo = fieldsOf(facts.memo?.[kind === 'file' ? 'etl' : 'batch']);
  const undelivered = kind === 'batch' ? undeliveredIn(memo) : undefined;
  return {
    kind,
    workflowId,
    runId,
    state: state === 'held' || state === 'completed' || state === 'failed' ? state : 'running',
    startedAt: Date.parse(startedAt),
    isReported: fieldsOf(memo.notification).sent === true,
    ...(kind === 'file' && source !== undefined && { source }),
    ...(failureType !== undefined && { failureType }),
    ...(reason !== undefined && { reason }),
    ...(costUsd !== undefined && { costUsd }),
    ...(undelivered && { undelivered }),
  };
}

/** Returns the files that a batch did not deliver; undefined if it does not list all of them. */
function undeliveredIn({ problems, invalid, failed, cancelled }: Readonly<Record<string, unknown>>) {
  const listed = (Array.isArray(problems) ? problems : []).flatMap((each) => {
    const { workflowId } = fieldsOf(each);
    return typeof workflowId === 'string' ? [workflowId] : [];
  });
  const counts = [invalid, failed, cancelled];
  if (!counts.every(isAmount)) return undefined;
  return counts.reduce((sum, each) => sum + each, 0) === listed.length ? listed : undefined;
}
