import { type ExternalWorkflowHandle, getExternalWorkflowHandle, isCancellation, patched } from '@temporalio/workflow';
import type { RunningFile } from './state';

/** What runs that began under an earlier version do in the old way. */
const patches = { callNewest: 'call-newest-run' } as const;

/** Calls the run of a file, or the newest run of its pipeline where that run was reset. */
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
