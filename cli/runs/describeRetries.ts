import { count } from '@etl/lib/amounts';
import type { RunView } from '@etl/pipeline/runs/runView';
import { tableLines } from '../table';
import type { Retried } from './performRetry';
import type { Retry } from './planRetries';

export interface PlannedRetry {
  readonly view: RunView;
  readonly retry: Retry;
}

/** Describes what a retry would do, one line for each run. */
export function describePlans(plans: readonly PlannedRetry[]): string[] {
  if (plans.length === 0) return ['No failed runs.'];
  const rows = plans.map(({ view, retry }) => [`  ${view.workflowId}`, view.failureType ?? '', describePlan(retry)]);
  return [`${count(plans.length, 'run')}:`, ...tableLines(rows)];
}

function describePlan(retry: Retry): string {
  switch (retry.kind) {
    case 'sinks':
      return 'finishes its sinks; the data is committed';
    case 'redrive':
      if (retry.group.isDelivered) return 'removes its dead letter; the event was delivered later';
      return 'problem' in retry.plan ? `cannot be redriven: ${retry.plan.problem}` : 'redrives its dead letter';
    case 'event':
      return 'starts its event again';
    case 'batch':
      return 'starts the batch again; delivered files are skipped';
    case 'none':
      return `left as it is: ${retry.why}`;
    case 'impossible':
      return `cannot be retried: ${retry.problem}`;
  }
}

/** Describes what a retry did, one line for each run. */
export function describeRetried(done: readonly Retried[]): string[] {
  return done.map(
    ({ workflowId, outcome, problem }) => `${words[outcome]}: ${workflowId}${problem ? `: ${problem}` : ''}`,
  );
}

const words: Readonly<Record<Retried['outcome'], string>> = {
  started: 'started',
  sinksFinished: 'sinks finished',
  sinksFailed: 'sinks failed',
  delivered: 'already delivered',
  running: 'already running',
  failedAgain: 'failed again since it was listed',
  impossible: 'not retried',
};
