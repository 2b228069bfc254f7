import { baseName } from '@etl/lib/uri';
import { budgetOf, type FailureType } from '@etl/pipeline/failures';
import { type ActivityOptions, CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import { confirmCommit, confirmWork, shown } from './activities';
import type { Delivered } from './confirmed';
import type { RunContext } from './runTask';

/** What runs that began under an earlier version do in the old way. */
const patches = { looksAgain: 'look-after-timeout' } as const;

/** Nothing is launched after these failures, which do not tell whether the work was done. */
const undecided: readonly FailureType[] = ['Timeout', 'ServiceUnavailable'];

/** Returns whether the work may have been done by a launch that failed. Any other failure that ends a run has told for certain. */
export function mayHaveDone(failed: readonly FailureType[]): boolean {
  if (failed.some((type) => budgetOf(type) !== 'none')) return true;
  // A cancelled run is looked after where its cancel ends.
  if (CancellationScope.current().consideredCancelled) return false;
  return failed.some((type) => undecided.includes(type)) && looksAgain();
}

/** Whether this run began under a version that looks after timeouts, for files of shards, and before a launch leaves the light lane. */
export function looksAgain(): boolean {
  return patched(patches.looksAgain);
}

/**
 * A task may have been lost between its commit and its end, as often as its budget allowed: what readers see as delivered
 * must not be a failed run.
 */
export async function deliveredAllTheSame(
  { plan, run, title }: RunContext,
  bounds: ActivityOptions = {},
): Promise<Delivered | undefined> {
  return orUndecided(async () => {
    const commit = await confirmCommit.executeWithOptions(shown(title, bounds), [{ plan, run }]);
    return commit.kind === 'delivered' && commit.byThisRun ? commit : undefined;
  });
}

/** Returns the file that one of these launches has left, of a task that publishes nothing; undefined for none. */
export async function workLeftBy(
  { title }: RunContext,
  generations: readonly number[],
  uriOf: (generation: number) => string,
): Promise<string | undefined> {
  if (!looksAgain()) return undefined;
  return orUndecided(async () => {
    for (const uri of generations.map(uriOf).reverse()) {
      if (await confirmWork.executeWithOptions(shown(`${title}: ${baseName(uri)}`), [{ uri }])) return uri;
    }
    return undefined;
  });
}

async function orUndecided<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isCancellation(error)) throw error;
    // The outcome is unknown, so the caller reports the task's own failure.
    return undefined;
  }
}
