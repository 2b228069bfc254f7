import type { TaskSize } from '@etl/ecs/sizes';
import { jsonBytes } from '@etl/lib/json';
import { parseUri } from '@etl/lib/uri';
import type { HeadInspection } from '../csv/inspectHead';
import { transform } from '../definition';
import type { Plan } from '../plan';
import { expansion } from './policy';
import type { RoutingSettings } from './route';
import { planShards, type ShardRequirements, unmetRequirements } from './shards';

/** Assumed size of a task whose task definition decides its size. */
export const assumedSize: TaskSize = { cpu: 2048, memoryMiB: 4096 };

/**
 * Maximum size of the plans of all shards together, in bytes: each shard receives the plan, at most twice, and a
 * history has at most 50 MiB.
 *
 * @see https://docs.temporal.io/workflow-execution/limits
 */
const maxPlansBytes = 20 * 1024 * 1024;

export type Applied =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly reasons: readonly string[] };

/**
 * Returns the plan with the number of tasks that convert the file and the reasons, or why the event's requirements
 * cannot be met.
 */
export function applyShards(
  plan: Plan,
  head: Pick<HeadInspection, 'compression' | 'encoding' | 'rowBytes'>,
  { shards, deadlineMinutes, budgetUsd }: ShardRequirements = {},
  {
    launchesPerSecond = transform.launchesPerSecond,
    prices,
  }: Pick<RoutingSettings, 'launchesPerSecond' | 'prices'> = {},
): Applied {
  if (plan.compute.lane === 'light') {
    const unmet = unmetRequirements(plan.routing?.estimate, { deadlineMinutes, budgetUsd }, 'the light lane');
    return unmet.length > 0 ? { ok: false, reasons: unmet } : { ok: true, plan };
  }
  const { compression, encoding, rowBytes } = head;
  const decided = planShards({
    requirements: { shards, deadlineMinutes, budgetUsd },
    source: {
      kind: parseUri(plan.source.uri)?.kind ?? 's3',
      bytes: plan.source.bytes * expansion[compression],
      compression,
      encoding,
      rowBytes,
    },
    chunkRows: plan.chunkRows,
    size: plan.compute.size ?? assumedSize,
    spot: plan.compute.spot,
    timeoutSeconds: plan.timings.timeoutSeconds,
    launchesPerSecond,
    ...(prices && { prices }),
  });
  if (!decided.ok) return decided;
  const { reasons, estimate, warnings } = decided;
  const planBytes = jsonBytes(plan);
  if (decided.shards * planBytes > maxPlansBytes && decided.shards > 1) {
    const most = Math.max(1, Math.floor(maxPlansBytes / planBytes));
    const what = `${decided.shards} tasks with options of ${planBytes} bytes each exceed the history of a run`;
    return {
      ok: false,
      reasons: [`detail.compute.shards: ${what}: declare fewer columns, or set at most ${most} shards`],
    };
  }
  if (decided.shards === 1 && reasons.length === 0) {
    return { ok: true, plan: { ...plan, warnings: [...plan.warnings, ...warnings] } };
  }
  const routing = { ...plan.routing, reasons: [...(plan.routing?.reasons ?? []), ...reasons], estimate };
  return {
    ok: true,
    plan: {
      ...plan,
      compute: { ...plan.compute, ...(decided.shards > 1 && { shards: decided.shards }) },
      routing,
      warnings: [...plan.warnings, ...warnings],
    },
  };
}
