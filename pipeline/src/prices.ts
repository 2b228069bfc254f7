import type { TaskSize } from './sizes';

/** Fargate, Linux on x86, us-east-1, in US dollars. Source: AWS Fargate pricing, 2026-11. */
export const fargatePrices = {
  vcpuHour: 0.04048,
  memoryGiBHour: 0.004445,
  storageGiBHour: 0.000111,
  freeStorageGiB: 20,
  /** Spot is at most so much cheaper; its price changes. */
  spotDiscount: 0.7,
  minimumSeconds: 60,
} as const;

/** What a task costs, in US dollars: an estimate for Spot, whose price changes, and for other regions. */
export function taskCostUsd(task: {
  readonly size: TaskSize;
  readonly ephemeralStorageGiB?: number;
  readonly spot: boolean;
  /** From the image pull to the stop. */
  readonly seconds: number;
}): number {
  const { vcpuHour, memoryGiBHour, storageGiBHour, freeStorageGiB, spotDiscount, minimumSeconds } = fargatePrices;
  const hours = Math.max(task.seconds, minimumSeconds) / 3600;
  const compute = (task.size.cpu / 1024) * vcpuHour + (task.size.memoryMiB / 1024) * memoryGiBHour;
  const storage = Math.max(0, (task.ephemeralStorageGiB ?? freeStorageGiB) - freeStorageGiB) * storageGiBHour;
  return hours * ((task.spot ? 1 - spotDiscount : 1) * compute + storage);
}
