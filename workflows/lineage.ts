import type { LineageEventType, LineageRun } from '@etl/pipeline/lineage/events';
import { looseDetail } from '@etl/pipeline/looseDetail';
import { CancellationScope } from '@temporalio/workflow';
import type { RunIdentity, Validation } from '../activities/contract';
import { reportLineage, withSummary } from './activities';

/** Reports the lineage of a run: its start, then exactly one end. Does nothing unless validation requested it. */
export interface LineageTracker {
  begin(validation: Validation, event: unknown): Promise<void>;
  end(type: Exclude<LineageEventType, 'START'>, failure?: string): Promise<void>;
}

export function trackLineage({ workflowId, runId }: RunIdentity, title: string): LineageTracker {
  let run: LineageRun | undefined;
  const report = async (type: LineageEventType, failure?: string): Promise<void> => {
    if (!run) return;
    const input = { type, run, ...(failure !== undefined && { failure }) };
    try {
      await CancellationScope.nonCancellable(() =>
        reportLineage.executeWithOptions(withSummary(`${title}: ${type}`), [input]),
      );
    } catch {
      // A run does not depend on its lineage.
    }
  };
  return {
    async begin(validation, event) {
      run = lineageRun(validation, event, { workflowId, runId });
      await report('START');
    },
    async end(type, failure) {
      await report(type, failure);
      run = undefined;
    },
  };
}

function lineageRun(
  validation: Validation,
  event: unknown,
  ids: Pick<LineageRun, 'workflowId' | 'runId'>,
): LineageRun | undefined {
  if (!validation.valid) {
    const { batch, owner, lineage } = validation;
    if (!lineage) return undefined;
    return { ...ids, batch, sourceUri: looseDetail(event).s3Key, ...(owner !== undefined && { owner }) };
  }
  const { batch, source, destination, owner, lineage } = validation.plan;
  if (!lineage) return undefined;
  return { ...ids, batch, sourceUri: source.uri, destination, ...(owner !== undefined && { owner }) };
}
