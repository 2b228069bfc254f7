import { type Delivery, deliver } from './publish/deliver';
import type { Indexed, Sharded } from './report/results';
import { buildIndex } from './shards/buildIndex';
import { convertShard } from './shards/convertShard';
import type { Work } from './task';

/** What this launch is for. */
export function perform(work: Work): Promise<Delivery | Indexed | Sharded> {
  const { mode } = work.env;
  if (mode?.kind === 'index') return buildIndex(work);
  if (mode?.kind === 'shard') return convertShard(work, mode);
  return deliver(work);
}
