import type { BatchRequest } from '@etl/pipeline/batch/request';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { detachOnInterrupt } from '../detachOnInterrupt';
import { exitCodeOfFailure } from '../errors';
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
  const tell = (report: BatchReport) => printJson(report);
  const say = (lines: readonly string[]) => printLines(lines);
  await withClient(async (client) => {
    const handle = await startBatch(client, workflowId, request);
    if (!json) say([`Started ${workflowId} (run ${handle.firstExecutionRunId})`]);
    if (!wait) {
      if (json) tell(startedReport(handle));
      return;
    }
    const line = json ? undefined : createLine(process.stdout);
    const attached = detachOnInterrupt('batch', workflowId, () => line?.end());
    const report = await followBatch(
      handle,
      line && {
        onStatus: (status, reports) => line.show(describeBatchStatus(status, shareOfFiles(reports))),
        onTrouble: line.note,
      },
    );
    attached();
    line?.end();
    if (json) tell(report);
    else say(describeBatchReport(report));
    process.exitCode = exitCodeOf(report);
  });
}

/** Returns 0 only for a completed batch. */
export function exitCodeOf({ status, failureType }: BatchReport): number {
  return status === 'COMPLETED' ? exitCodes.done : exitCodeOfFailure(failureType);
}
