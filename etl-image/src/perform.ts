import { type Delivery, deliver } from './publish/deliver';
import type { BuiltIndex, ConvertedShard } from './report/results';
import { buildIndex } from './shards/buildIndex';
import { convertShard } from './shards/convertShard';
import { openTask, type Task, type Work } from './task';

/** Performs this launch's `MODE` and reports its progress and outcome. */
export async function perform(work: Work): Promise<Delivery | BuiltIndex | ConvertedShard> {
  const task = await openTask(work);
  try {
    return await run(task);
  } catch (error) {
    await task.fail(error);
    throw error;
  }
}

/**
 * Converts the source and publishes the batch.
 *
 * @throws {Error} if this launch is for an index or a shard
 */
export async function performDelivery(work: Work): Promise<Delivery> {
  const done = await perform(work);
  if ('manifest' in done) return done;
  throw new Error(`this launch publishes nothing: ${done.status}`);
}

function run(task: Task): Promise<Delivery | BuiltIndex | ConvertedShard> {
  const { mode } = task.env;
  if (mode?.kind === 'index') return buildIndex(task);
  if (mode?.kind === 'shard') return convertShard(task, mode);
  return deliver(task);
}
