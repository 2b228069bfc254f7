import { type ExternalWorkflowHandle, getExternalWorkflowHandle, isCancellation, patched } from '@temporalio/workflow';
import type { RunningFile } from './state';

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { callNewest: 'call-newest-run' } as const;

/** Calls `act` on the pipeline run of a file, or on the pipeline's newest run if that run was reset. */
export async function toPipeline(
  { workflowId, runId }: RunningFile,
  act: (pipeline: ExternalWorkflowHandle) => Promise<void>,
): Promise<void> {
  try {
    await act(getExternalWorkflowHandle(workflowId, runId));
  } catch (error) {
    if (runId === undefined || isCancellation(error) || !patched(patches.callNewest)) throw error;
    await act(getExternalWorkflowHandle(workflowId));
  }
}
