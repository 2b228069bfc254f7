import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchFile } from '@etl/pipeline/batch/batchFile';
import { resultOf } from '@etl/pipeline/batch/fileResult';
import type { EndedRun, FollowedRun } from './contract';
import type { Executions } from './ports';

/** Runs that end within this time of the first one are reported together, in milliseconds. */
const gatherMs = 200;

/**
 * Waits until at least one run has ended, and returns the ended runs.
 * @throws if the signal is aborted first
 */
export async function awaitRuns(
  executions: Pick<Executions, 'result'>,
  runs: readonly FollowedRun[],
  signal: AbortSignal,
): Promise<readonly EndedRun[]> {
  if (runs.length === 0) return [];
  // One controller per run: thousands of listeners on one signal look like a leak.
  const follows = runs.map((run) => ({ run, follow: new AbortController() }));
  const stop = () => follows.forEach(({ follow }) => void follow.abort());
  signal.addEventListener('abort', stop, { once: true });
  const ended: EndedRun[] = [];
  const waits = follows.map(async ({ run, follow }) => {
    const file: BatchFile = run;
    const end = await executions.result(run.workflowId, run.runId, follow.signal);
    ended.push({ workflowId: run.workflowId, result: resultOf(file, end) });
  });
  try {
    await Promise.race(waits);
    await Promise.race([Promise.all(waits), sleep(gatherMs)]);
    return [...ended];
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    // Ignore the errors of abandoned waits.
    for (const wait of waits) wait.catch(() => undefined);
  }
}
