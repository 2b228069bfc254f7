import type { Batch } from '../layout';
import type { RunFacts } from './runFacts';
import type { RunView } from './runView';

/** Fields of a view of which nothing is known. */
export const nothing = {
  reasons: [],
  logTail: [],
  launches: [],
  problems: [],
  sinks: [],
  hasDeadLetter: false,
} satisfies Partial<RunView>;

export type Common = Pick<RunView, 'workflowId' | 'runId' | 'startedAt' | 'endedAt'> & typeof nothing;

export function commonOf({ workflowId, runId, startedAt, endedAt }: RunFacts): Common {
  return { ...nothing, workflowId, runId, startedAt, ...(endedAt !== undefined && { endedAt }) };
}

/** Returns `ventas 2026-02-08 norte`; the workflow ID when most of the batch is unknown. */
export function titleOf({ dataset, batchDate, source }: Partial<Batch>, workflowId: string): string {
  const known = [dataset, batchDate, source].filter(Boolean);
  return known.length < 2 ? workflowId : known.join(' ');
}
