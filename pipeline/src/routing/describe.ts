import type { TaskSize } from '@etl/ecs/sizes';
import type { Routing } from '../plan';

/** Returns `2 vCPU and 4 GiB`. */
export function describeSize({ cpu, memoryMiB }: TaskSize): string {
  return `${cpu / 1024} vCPU and ${memoryMiB / 1024} GiB`;
}

/** Returns the reasons for a run's route, one line each, and its estimate. */
export function describeRouting({ reasons, estimate }: Routing): string[] {
  if (!estimate) return [...reasons];
  const { tasks, seconds, costUsd } = estimate;
  const who = tasks > 1 ? `${tasks} tasks, ` : '';
  return [...reasons, `expected: ${who}${Math.ceil(seconds)} s, $${costUsd.toFixed(4)}`];
}
