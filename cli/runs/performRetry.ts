import { md, shownAs } from '@etl/lib/text/markdown';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import { batchOfWorkflowId } from '@etl/pipeline/layout';
import type { RunView } from '@etl/pipeline/runs/runView';
import { attributesOfBatch } from '@etl/pipeline/searchAttributes';
import type { Client } from '@temporalio/client';
import type { DeadLetterBox } from '../../activities/ports';
import { startWithAttributes } from '../../config/searchAttributes';
import { temporalClient } from '../../config/temporalClient';
import { followReplay, startReplay } from '../actions/sink/replay';
import { dropGroup } from '../dlq/groups';
import { redrive, removeDelivered } from '../redrive';
import type { Retry } from './planRetries';

/** Outcome of a retry. `failedAgain`: the event has failed again since it was listed. */
export interface Retried {
  readonly workflowId: string;
  readonly outcome:
    | 'started'
    | 'sinksFinished'
    | 'sinksFailed'
    | 'delivered'
    | 'running'
    | 'failedAgain'
    | 'impossible';
  readonly problem?: string;
}

/** Retries a run. Throws the errors of Temporal and of the dead letters. */
export async function performRetry(
  client: Client,
  box: DeadLetterBox,
  { workflowId, title }: RunView,
  retry: Retry,
): Promise<Retried> {
  switch (retry.kind) {
    case 'none':
      return { workflowId, outcome: retry.why };
    case 'impossible':
      return { workflowId, outcome: 'impossible', problem: retry.problem };
    case 'sinks':
      return { workflowId, ...(await finishSinks(client, box, retry)) };
    case 'redrive': {
      const { group, plan } = retry;
      const done = group.isDelivered ? await removeDelivered(box, group) : await redrive(client, box, group, plan);
      if (done.outcome === 'impossible') return { workflowId, outcome: 'impossible', problem: done.problem };
      return { workflowId, outcome: done.outcome as Retried['outcome'] };
    }
    case 'event':
      return { workflowId, outcome: await startAgain(client, workflowTypes.pipeline, workflowId, title, retry.input) };
    case 'batch':
      return {
        workflowId,
        outcome: await startAgain(client, workflowTypes.nightlyBatch, workflowId, title, retry.request),
      };
  }
}

/** Applies the commit to the sinks that lack it. Removes the dead letter once they have it. */
async function finishSinks(
  client: Client,
  box: DeadLetterBox,
  { dataset, batchDate, group }: Extract<Retry, { kind: 'sinks' }>,
): Promise<Pick<Retried, 'outcome' | 'problem'>> {
  for (;;) {
    const { handle, joined } = await startReplay(client, { dataset, from: batchDate, to: batchDate });
    const { status, reason } = await followReplay(handle, joined, undefined);
    // A replay that was already running may have selected other batches.
    if (joined) continue;
    if (status !== 'COMPLETED') return { outcome: 'sinksFailed', problem: reason ?? status };
    if (group) await dropGroup(box, group);
    return { outcome: 'sinksFinished' };
  }
}

async function startAgain(
  client: Client,
  type: string,
  workflowId: string,
  title: string,
  input: unknown,
): Promise<'started' | 'running'> {
  try {
    await startWithAttributes(client, attributesOfBatch(batchOfWorkflowId(workflowId)), (attributes) =>
      client.workflow.start(type, {
        workflowId,
        taskQueue: taskQueues.main,
        args: [input],
        ...shownAs(title, md`${title}, started again by an operator`),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        ...attributes,
      }),
    );
    return 'started';
  } catch (error) {
    if (error instanceof temporalClient().WorkflowExecutionAlreadyStartedError) return 'running';
    throw error;
  }
}
