import type { TaskSize } from './sizes';

/** Prices of Fargate, Linux on x86, us-east-1, in US dollars. @see AWS Fargate pricing, 2026-11 */
export const fargatePrices = {
  vcpuHour: 0.04048,
  memoryGiBHour: 0.004445,
  storageGiBHour: 0.000111,
  freeStorageGiB: 20,
  /** Maximum discount of Spot, whose price varies. */
  spotDiscount: 0.7,
  minimumSeconds: 60,
} as const;

/** Returns the cost of a task, in US dollars. An estimate for Spot, whose price varies, and for other regions. */
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

/**
 * Prices of the engines and related services, in US dollars, us-east-1, without free tiers.
 * @see AWS Step Functions pricing (Standard workflows), AWS Lambda pricing (x86), Amazon SNS and SQS pricing (standard
 * topics and queues), docs.temporal.io/cloud/pricing (pay as you go, Developer plan), 2026-11
 */
export const enginePrices = {
  /** $0.025 per thousand. A retry is another transition. */
  millionStateTransitions: 25,
  millionLambdaRequests: 0.2,
  lambdaGiBSecond: 0.0000166667,
  /** At every volume. Plans with a base fee have lower prices from five million per month. */
  millionTemporalActions: 50,
  /** Price of the plan, as a share of usage, without a base fee. */
  temporalPlanShare: 0.1,
  millionSnsRequests: 0.5,
  millionSqsRequests: 0.4,
} as const;

/** Task size of a worker process with a hundred concurrent runs (docs/benchmarks.md). */
export const workerSize: TaskSize = { cpu: 256, memoryMiB: 512 };

const daysPerMonth = 30;

/** Returns the cost of transitions of Standard workflows, in US dollars. */
export const stateTransitionsUsd = (count: number): number => (count * enginePrices.millionStateTransitions) / 1e6;

/** Returns the cost of Temporal Cloud actions without the plan, in US dollars. */
export const temporalActionsUsd = (count: number): number => (count * enginePrices.millionTemporalActions) / 1e6;

/** Returns the cost of the Temporal Cloud plan for a usage, both in US dollars. */
export const temporalPlanUsd = (usageUsd: number): number => usageUsd * enginePrices.temporalPlanShare;

/** Returns the cost of requests to standard topics, in US dollars. */
export const snsUsd = (requests: number): number => (requests * enginePrices.millionSnsRequests) / 1e6;

/** Returns the cost of requests to standard queues, in US dollars. */
export const sqsUsd = (requests: number): number => (requests * enginePrices.millionSqsRequests) / 1e6;

/**
 * Returns the cost of one invocation of a function, in US dollars: its request, and its duration rounded up to 1 ms.
 */
export function lambdaUsd({ seconds, memoryMiB }: { readonly seconds: number; readonly memoryMiB: number }): number {
  // Rounded first: 0.069 s is 69.00000000000001 ms in floating point.
  const billedSeconds = Math.ceil(Math.round(seconds * 1e6) / 1e3) / 1e3;
  const { millionLambdaRequests, lambdaGiBSecond } = enginePrices;
  return millionLambdaRequests / 1e6 + billedSeconds * (memoryMiB / 1024) * lambdaGiBSecond;
}

/** Returns the cost of a month of 30 days, in US dollars, for runs like this one. */
export const monthlyUsd = (runUsd: number, filesPerDay: number): number => runUsd * filesPerDay * daysPerMonth;

/** Returns the cost of one on-demand worker on Fargate for a month, in US dollars. */
export const workerMonthUsd = (): number =>
  taskCostUsd({ size: workerSize, spot: false, seconds: daysPerMonth * 24 * 3600 });
