import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { Client } from '@temporalio/client';
import { type Follower, follow } from '../../client/follow';
import { type RunRef, readRun } from '../../client/runs/readRun';
import { temporalClient } from '../../config/temporalClient';
import type { ShownStatus } from '../batch/report';
import { describeBatchStatus } from '../batch/show';
import { detachOnInterrupt } from '../detachOnInterrupt';
import { exitCodeOfFailure } from '../errors';
import { etlCommand } from '../hints';
import { createLine, printJson } from '../output';
import { shareOfFiles } from '../progress';
import { printView } from '../runs/printView';
import { resolveRun } from '../runs/resolve';
import { createStatusLine, withLocalAnswers } from '../show';
import { withClient } from '../withClient';

export interface WatchOptions {
  readonly json?: boolean;
}

/** Follows a run to its end, then shows what was delivered, or the failure. */
export async function watch(text: string, { json = false }: WatchOptions): Promise<void> {
  await withClient(async (client) => {
    const run = await resolveRun(client, text);
    const before = await readRun(client, run, etlCommand);
    const view = before.endedAt === undefined ? await untilEnd(client, before, json) : before;
    if (json) printJson(view);
    else printView(view);
    process.exitCode = exitCodeOf(view);
  });
}

/** Follows an open run, and the runs that continue it. Returns the view of its end. */
async function untilEnd(client: Client, { workflowId, runId, kind }: RunView, json: boolean): Promise<RunView> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const line = kind === 'batch' ? batchLine(json) : runLine(workflowId, json);
  const restoreInterrupt = detachOnInterrupt(kind === 'batch' ? 'batch' : 'run', workflowId, () => line?.end());
  await follow(handle, line?.follower as Follower<object> | undefined).catch((error: unknown) => {
    if (!(error instanceof temporalClient().WorkflowFailedError)) throw error;
  });
  restoreInterrupt();
  line?.end();
  return readRun(client, await lastOf(client, { workflowId, runId }), etlCommand);
}

/** Returns the last run of a chain of runs that continue each other. */
async function lastOf(client: Client, { workflowId, runId }: RunRef): Promise<RunRef> {
  const description = await client.workflow.getHandle(workflowId, runId).describe();
  if (description.status.name !== 'CONTINUED_AS_NEW') return { workflowId, runId: description.runId };
  return { workflowId };
}

function runLine(workflowId: string, json: boolean) {
  if (json) return undefined;
  const line = createStatusLine(process.stdout);
  const follower: Follower<Parameters<typeof line.show>[0]> = {
    onStatus: (status, reports) => line.show(withLocalAnswers(status, workflowId), reports),
    onProblem: line.note,
  };
  return { follower, end: line.end };
}

function batchLine(json: boolean) {
  if (json) return undefined;
  const line = createLine(process.stdout);
  const follower: Follower<ShownStatus> = {
    onStatus: (status, reports) => line.show(describeBatchStatus(status, shareOfFiles(reports))),
    onProblem: line.note,
  };
  return { follower, end: line.end };
}

/** Returns 0 only for delivered data, like `etl run`. */
export function exitCodeOf({ outcome, failureType }: RunView): number {
  return outcome === 'delivered' ? exitCodes.done : exitCodeOfFailure(failureType ?? null);
}
