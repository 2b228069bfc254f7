import type { TaskSize } from '@etl/ecs/sizes';
import type { Routing } from '../plan';

const units: readonly [number, string][] = [
  [2 ** 40, 'TiB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
];

/** Returns `84 MB`, `2.3 GB`, `1 TiB` or `12 B`: decimal units below a tebibyte. */
export function describeBytes(bytes: number): string {
  const [unit, name] = units.find(([size]) => bytes >= size) ?? [1, 'B'];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}

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
