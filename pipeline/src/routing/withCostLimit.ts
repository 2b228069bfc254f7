import { parseUri } from '@etl/lib/uri';
import type { HeadInspection } from '../csv/inspectHead';
import type { Plan } from '../plan';
import { listPrices } from '../prices/table';
import { assumedSize } from './applyShards';
import { billedSeconds } from './estimate';
import { expansion } from './policy';
import type { RoutingSettings } from './route';

/**
 * Returns the plan with its prices, and with its cost limit if `maxCostUsd` is set. A plan with a limit carries the
 * prices, so that another version of the program decides in the same way.
 */
export function withCostLimit(
  plan: Plan,
  { compression }: Pick<HeadInspection, 'compression'>,
  maxCostUsd: number | undefined,
  { prices }: Pick<RoutingSettings, 'prices'> = {},
): Plan {
  if (maxCostUsd === undefined) return prices ? { ...plan, prices } : plan;
  const { fargate, lambda } = prices ?? listPrices;
  const size = plan.compute.size ?? assumedSize;
  const tasks = plan.compute.shards ?? 1;
  const bytes = plan.source.bytes * expansion[compression];
  const seconds = billedSeconds({ bytes, size, tasks, source: parseUri(plan.source.uri)?.kind ?? 's3' });
  const lightUsd = plan.compute.lane === 'light' ? (plan.routing?.estimate?.costUsd ?? 0) : 0;
  return { ...plan, prices: { fargate, lambda }, costLimit: { maxUsd: maxCostUsd, size, seconds, lightUsd } };
}
