import { cutToBytes } from '@etl/lib/names';
import type { Batch } from './layout';

/** 1 is the most urgent. Source: Temporal's documentation, "Task Queue Priority and Fairness". */
export const priorityKeys = [1, 2, 3, 4, 5] as const;

/** In bytes. Source: the same page. */
const maxFairnessKey = 64;

/**
 * Returns how Temporal orders queued work: by priority, and fairly among the datasets of one priority. Without a
 * priority: the server's default, 3.
 */
export function priorityOf({ dataset }: Pick<Batch, 'dataset'>, priorityKey?: number) {
  return { ...(priorityKey !== undefined && { priorityKey }), fairnessKey: cutToBytes(dataset, maxFairnessKey) };
}
