import type { TaskSize } from '@etl/ecs/sizes';
import { memoryByCpu } from '@etl/ecs/sizes';

/** A job that runs once for each file. */
export interface Workload {
  readonly minutes: number;
  readonly filesPerDay: number;
  readonly vcpu: number;
  readonly memoryMiB: number;
  /** Local storage of a run, in bytes: the size of its file. @default 0 */
  readonly bytes?: number;
  /** @default false */
  readonly gpu?: boolean;
  /** Whether the data arrives as records of a Kafka topic. @default false */
  readonly kafka?: boolean;
}

/** Fargate sizes in ascending order: by CPU, then by memory. */
export const fargateSizes: readonly TaskSize[] = Object.entries(memoryByCpu).flatMap(([cpu, sizes]) =>
  sizes.map((memoryMiB) => ({ cpu: Number(cpu), memoryMiB })),
);

/** Returns the smallest Fargate size with at least this CPU and memory; undefined if there is none. */
export function fargateSizeFor(vcpu: number, memoryMiB: number): TaskSize | undefined {
  return fargateSizes.find((size) => size.cpu >= vcpu * 1024 && size.memoryMiB >= memoryMiB);
}

/** Returns `2 vCPU, 8 GiB`. */
export const describeTaskSize = ({ cpu, memoryMiB }: TaskSize): string => `${cpu / 1024} vCPU, ${memoryMiB / 1024} GiB`;
