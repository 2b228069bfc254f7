import type { TaskSize } from '@etl/ecs/sizes';
import { listPrices, type RunPrices } from './table';

/** Billing rules of Fargate. @see AWS Fargate pricing */
export const fargateBilling = { minimumSeconds: 60, freeStorageGiB: 20 } as const;

/** Free `/tmp` storage of a function. @see AWS Lambda pricing */
export const lambdaFreeStorageMiB = 512;

export interface BilledTask {
  readonly size: TaskSize;
  readonly ephemeralStorageGiB?: number;
  readonly spot: boolean;
  /** Duration from the image pull to the stop. */
  readonly seconds: number;
}

/** Returns the cost of a task on x86, in US dollars. With Spot, whose price varies, the cost is an estimate. */
export function taskCostUsd(
  { size, ephemeralStorageGiB, spot, seconds }: BilledTask,
  { fargate }: Pick<RunPrices, 'fargate'> = listPrices,
): number {
  const { minimumSeconds, freeStorageGiB } = fargateBilling;
  const hours = Math.max(seconds, minimumSeconds) / 3600;
  const compute = (size.cpu / 1024) * fargate.vcpuHour + (size.memoryMiB / 1024) * fargate.memoryGiBHour;
  const storage = Math.max(0, (ephemeralStorageGiB ?? freeStorageGiB) - freeStorageGiB) * fargate.storageGiBHour;
  return hours * ((spot ? 1 - fargate.spotDiscount : 1) * compute + storage);
}

export interface BilledInvocation {
  readonly seconds: number;
  readonly memoryMiB: number;
  /** Size of `/tmp`. @default 512 */
  readonly storageMiB?: number;
}

/**
 * Returns the cost of one invocation of a function on x86, in US dollars: its request, and its duration rounded up to
 * 1 ms.
 */
export function lambdaUsd(
  { seconds, memoryMiB, storageMiB = lambdaFreeStorageMiB }: BilledInvocation,
  { lambda }: Pick<RunPrices, 'lambda'> = listPrices,
): number {
  // Rounded first: 0.069 s is 69.00000000000001 ms in floating point.
  const billedSeconds = Math.ceil(Math.round(seconds * 1e6) / 1e3) / 1e3;
  const storageGiB = Math.max(0, storageMiB - lambdaFreeStorageMiB) / 1024;
  const perSecond = (memoryMiB / 1024) * lambda.gibSecond + storageGiB * lambda.storageGiBSecond;
  return lambda.millionRequests / 1e6 + billedSeconds * perSecond;
}
