import type { Fact, RunEnded, SinkApplied } from '@etl/pipeline/facts';
import type { FailureType } from '@etl/pipeline/failures/table';
import type { Launch } from '@etl/pipeline/launches';
import type { Batch } from '@etl/pipeline/layout';
import type { SinkType } from '@etl/pipeline/sinks/sink';
import { proxySinks, type Sinks, workflowInfo } from '@temporalio/workflow';
import type { Delivered } from './confirmed';

/**
 * Functions of the worker that workflows call for metrics. A replay does not call them; a workflow task that is retried
 * calls them again with the same `id`, which is unique within the run.
 */
export interface FactSinks extends Sinks {
  readonly etlFacts: { record(id: string, fact: Fact): void };
}

const { etlFacts } = proxySinks<FactSinks>();

/** Leaves a replay out here, too: a worker that only replays histories logs an error for each unknown function. */
function record(id: string, fact: Fact): void {
  if (!workflowInfo().unsafe.isReplaying) etlFacts.record(id, fact);
}

/** Reports that a run has delivered its batch. */
export function recordDelivery({ dataset }: Batch, { byThisRun, totals }: Delivered): void {
  const rows = { read: totals.rowsRead, written: totals.rowsWritten, rejected: totals.rowsRejected };
  record('delivery', { kind: 'delivery', dataset, at: Date.now(), ...(byThisRun && { rows }) });
}

/**
 * Reports how a run ends. Called before the last activity of a run: a signal that arrives while a run closes repeats its
 * last workflow task, on any worker.
 */
export function recordEnd({ dataset }: Partial<Batch>, outcome: RunEnded['outcome'], failureType?: FailureType): void {
  record('end', {
    kind: 'run',
    ...(dataset !== undefined && { dataset }),
    outcome,
    ...(failureType && { failureType }),
  });
}

/** Reports that a launch of this workflow has ended. */
export function recordLaunch({ dataset }: Batch, { generation, lane, failureType, seconds, costUsd }: Launch): void {
  record(`launch ${generation}`, {
    kind: 'launch',
    dataset,
    lane,
    ...(failureType && { failureType }),
    ...(seconds !== undefined && { seconds }),
    ...(costUsd !== undefined && { costUsd }),
  });
}

/** Reports that an application of a commit to a sink has ended. */
export function recordApplication(
  { dataset, batchDate, source }: Batch,
  { name, type, attempt }: { readonly name: string; readonly type: SinkType; readonly attempt: number },
  state: SinkApplied['state'],
): void {
  record(`sink ${name} ${batchDate} ${source} ${attempt}`, { kind: 'sink', dataset, type, state });
}
