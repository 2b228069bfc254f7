import { transform } from '@etl/pipeline/definition';
import type { Plan } from '@etl/pipeline/plan';

/** A warning for each wish of the event that a state machine cannot follow: its request was fixed when it was generated. */
export function notFollowed({ compute, timings, notifications }: Plan): string[] {
  const wishes: [boolean, string][] = [
    [compute.size !== undefined, 'compute.cpu and compute.memory'],
    [compute.ephemeralStorageGiB !== undefined, 'compute.ephemeralStorageGiB'],
    [compute.spot, 'compute.spot'],
    [timings.timeoutSeconds !== transform.timeoutSeconds, 'compute.timeoutSeconds'],
    [timings.startTimeoutSeconds !== transform.startTimeoutSeconds, 'compute.startTimeoutSeconds'],
  ];
  return [
    ...wishes.flatMap(([wished, what]) =>
      wished ? [`${what}: not followed by the state machine, whose task is the one it was generated with`] : [],
    ),
    ...(notifications === 'none'
      ? ['notifications: not followed by the state machine, which tells how each run went']
      : []),
  ];
}
