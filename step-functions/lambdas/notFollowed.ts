import { mayBeHeld } from '@etl/pipeline/approval';
import { transform } from '@etl/pipeline/definition';
import { parseEvent } from '@etl/pipeline/event';
import type { Plan } from '@etl/pipeline/plan';

/**
 * Returns a warning for each setting of the event that a state machine cannot apply, because its task request was fixed
 * when the state machine was generated.
 */
export function notFollowed({ compute, timings, options, notifications }: Plan, event: unknown): string[] {
  const parsed = parseEvent(event);
  const wished = parsed.ok ? (parsed.detail.compute ?? {}) : {};
  const wishes: [boolean, string][] = [
    // The plan has the available lane, not the requested one.
    [wished.lane === 'light', 'compute.lane'],
    [compute.size !== undefined, 'compute.cpu and compute.memory'],
    [compute.ephemeralStorageGiB !== undefined, 'compute.ephemeralStorageGiB'],
    [compute.spot, 'compute.spot'],
    [timings.timeoutSeconds !== transform.timeoutSeconds, 'compute.timeoutSeconds'],
    [timings.startTimeoutSeconds !== transform.startTimeoutSeconds, 'compute.startTimeoutSeconds'],
  ];
  return [
    ...wishes.flatMap(([isWished, what]) =>
      isWished ? [`${what}: not followed by the state machine, whose task is the one it was generated with`] : [],
    ),
    ...(notifications === 'none'
      ? ['notifications: not followed by the state machine, which tells how each run went']
      : []),
    ...((compute.shards ?? 1) > 1
      ? [
          `compute.shards: ${compute.shards} tasks: not followed by the state machine, in which one task converts a file`,
        ]
      : []),
    ...(mayBeHeld(options) ? ['level hold: not followed by the state machine: what a gate holds is a failed run'] : []),
  ];
}
