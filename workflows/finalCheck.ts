import { baseName } from '@etl/lib/uri';
import { budgetOf, type FailureType } from '@etl/pipeline/failures/table';
import { type ActivityOptions, CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import { confirmCommit, confirmWork, withSummary } from './activities';
import type { Delivered } from './confirmed';
import type { RunContext } from './runTask';

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { checksAgain: 'look-after-timeout' } as const;

/** Failures that are not retried and do not show whether the work was done. */
const undecided: readonly FailureType[] = ['Timeout', 'ServiceUnavailable'];

/**
 * Returns whether a failed launch may have completed the work. All other failures that end a run prove that it did not.
 */
export function mayHaveFinished(failed: readonly FailureType[]): boolean {
  if (failed.some((type) => budgetOf(type) !== 'none')) return true;
  // `deliver` checks a cancelled run itself.
  if (CancellationScope.current().consideredCancelled) return false;
  return failed.some((type) => undecided.includes(type)) && checksAgain();
}

/**
 * Returns whether this run started under a version that checks after timeouts, checks for files of shards, and checks
 * before a launch leaves the light lane.
 */
export function checksAgain(): boolean {
  return patched(patches.checksAgain);
}

/**
 * Returns this run's commit, if there is one and readers see it. Each task within the budget may have been lost between its
 * commit and its end: a run whose data readers see must not fail, and one whose data they do not see must not succeed.
 */
export async function committedByThisRun(
  { plan, run, title }: RunContext,
  bounds: ActivityOptions = {},
): Promise<Delivered | undefined> {
  return ignoreErrors(async () => {
    const commit = await confirmCommit.executeWithOptions(withSummary(`${title}, final check`, bounds), [
      { plan, run, published: true },
    ]);
    return commit.kind === 'delivered' && commit.byThisRun ? commit : undefined;
  });
}

/**
 * Returns the URI of the file that one of these launches has written, for tasks that publish nothing; undefined if
 * there is none.
 */
export async function outputOf(
  { title }: RunContext,
  generations: readonly number[],
  uriOf: (generation: number) => string,
): Promise<string | undefined> {
  if (!checksAgain()) return undefined;
  return ignoreErrors(async () => {
    for (const uri of generations.map(uriOf).reverse()) {
      if (await confirmWork.executeWithOptions(withSummary(`${title}: ${baseName(uri)}`), [{ uri }])) return uri;
    }
    return undefined;
  });
}

async function ignoreErrors<T>(check: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await check();
  } catch (error) {
    if (isCancellation(error)) throw error;
    // The outcome is unknown, so the caller reports the task's own failure.
    return undefined;
  }
}
