import { messageNames } from '@etl/pipeline/definition';
import type { RunStatus, TaskProgress } from '@etl/pipeline/runStatus';
import { defineQuery, defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';

export const statusQuery = defineQuery<RunStatus>(messageNames.status);
export const taskProgressSignal = defineSignal<[TaskProgress]>(messageNames.taskProgress);

/** One place that knows where the run is; the query and the Web UI's current details both show it. */
export function trackStatus(title: string) {
  let status: RunStatus = { step: 'validate' };

  const set = (next: RunStatus): void => {
    status = next;
    setCurrentDetails(describe(title, status));
  };

  setHandler(statusQuery, () => status, { description: 'Which step the run is in, and how far the transform is' });
  setHandler(
    taskProgressSignal,
    ({ generation, progress }) => {
      // A signal of an earlier launch may come late.
      if (status.step === 'transform' && generation === status.generation) set({ ...status, progress });
    },
    { description: 'Sent by the waiting activity: how far the task is' },
  );
  set(status);
  return { set };
}

export type StatusTracker = ReturnType<typeof trackStatus>;

function describe(title: string, status: RunStatus): string {
  const { progress } = status;
  const share = progress && progress.bytesTotal > 0 ? Math.floor((100 * progress.bytesRead) / progress.bytesTotal) : 0;
  return [
    `**${title}**`,
    `Step: ${status.step}${status.generation ? `, launch ${status.generation}` : ''}`,
    ...(status.taskArn ? [`Task: \`${status.taskArn}\``] : []),
    ...(progress ? [`Read ${share} %, ${progress.rowsRead} rows, ${progress.parts} parts`] : []),
    ...(status.note ? [status.note] : []),
  ].join('\n\n');
}
