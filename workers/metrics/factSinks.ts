import type { InjectedSinks } from '@temporalio/worker';
import type { FactSinks } from '../../workflows/facts';
import type { Metrics } from './metrics';

/** Returns the functions that workflows call with facts. */
export function factSinks({ record }: Pick<Metrics, 'record'>): InjectedSinks<FactSinks> {
  return { etlFacts: { record: { fn: ({ runId }, id, fact) => record(runId, id, fact), callDuringReplay: false } } };
}
