import type { BatchRequest } from '@etl/pipeline/batch/request';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { readRun } from '../../client/runs/readRun';
import { detachOnInterrupt } from '../detachOnInterrupt';
import { exitCodeOfFailure } from '../errors';
import { etlCommand } from '../hints';
import { createLine, printJson, printLines } from '../output';
import { shareOfFiles } from '../progress';
import { withClient } from '../withClient';
import type { BatchReport } from './report';
import { followBatch, startBatch, startedReport } from './run';
import { describeBatchReport, describeBatchStatus } from './show';

interface ConductOptions {
  readonly wait: boolean;
  readonly json?: boolean;
}

/** Starts a batch, shows its progress, prints its result and sets the exit code. */
export async function conductBatch(workflowId: string, request: BatchRequest, options: ConductOptions): Promise<void> {
  const { wait, json } = options;
  await withClient(async (client) => {
    const handle = await startBatch(client, workflowId, request);
    if (!json) printLines([`Started ${workflowId} (run ${handle.firstExecutionRunId})`]);
    if (!wait) {
      if (json) printJson(startedReport(handle));
      return;
    }
    const line = json ? undefined : createLine(process.stdout);
    const restoreInterrupt = detachOnInterrupt('batch', workflowId, () => line?.end());
    const report = await followBatch(
      handle,
      line && {
        onStatus: (status, reports) => line.show(describeBatchStatus(status, shareOfFiles(reports))),
        onProblem: line.note,
      },
    );
    restoreInterrupt();
    line?.end();
    if (json) printJson(report);
    else {
      const hasFailed = report.status !== 'COMPLETED';
      printLines(
        describeBatchReport(report, hasFailed ? await readRun(client, { workflowId }, etlCommand) : undefined),
      );
    }
    process.exitCode = exitCodeOf(report);
  });
}

/** Returns 0 only for a completed batch. */
export function exitCodeOf({ status, failureType }: BatchReport): number {
  return status === 'COMPLETED' ? exitCodes.done : exitCodeOfFailure(failureType);
}
