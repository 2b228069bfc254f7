import { mayBeHeld } from '@etl/pipeline/approval';
import { transform } from '@etl/pipeline/definition';
import { parseEvent } from '@etl/pipeline/event';
import type { Plan } from '@etl/pipeline/plan';

/**
 * Returns a warning for each setting of the event that a state machine cannot apply, because its task request was fixed
 * when the state machine was generated.
 */
export function notFollowed({ compute, timings, options, notifications, costLimit }: Plan, event: unknown): string[] {
  const parsed = parseEvent(event);
  const requested = parsed.ok ? (parsed.detail.compute ?? {}) : {};
  const ignored: [isRequested: boolean, key: string][] = [
    // The plan has the available lane, not the requested one.
    [requested.lane === 'light', 'compute.lane'],
    [compute.size !== undefined, 'compute.cpu and compute.memory'],
    [compute.ephemeralStorageGiB !== undefined, 'compute.ephemeralStorageGiB'],
    [compute.spot, 'compute.spot'],
    [timings.timeoutSeconds !== transform.timeoutSeconds, 'compute.timeoutSeconds'],
    [timings.startTimeoutSeconds !== transform.startTimeoutSeconds, 'compute.startTimeoutSeconds'],
  ];
  return [
    ...ignored.flatMap(([isRequested, key]) =>
      isRequested ? [`${key}: ignored by the state machine, whose task is fixed when the machine is generated`] : [],
    ),
    ...(notifications === 'none' ? ['notifications: ignored by the state machine, which reports every run'] : []),
    ...((compute.shards ?? 1) > 1
      ? [`compute.shards: ${compute.shards} tasks: ignored by the state machine, in which one task converts a file`]
      : []),
    ...(costLimit ? ['compute.maxCostUsd: ignored by the state machine, which does not know what a launch cost'] : []),
    ...(mayBeHeld(options)
      ? ['level hold: ignored by the state machine: a batch that a gate holds is a failed run']
      : []),
  ];
}
