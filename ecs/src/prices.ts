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

/**
 * What the engines and the services beside them charge, in US dollars, us-east-1, without free tiers. Sources, 2026-11:
 * AWS Step Functions pricing (Standard workflows), AWS Lambda pricing (x86), Amazon SNS and SQS pricing (standard topics
 * and queues), docs.temporal.io/cloud/pricing (pay as you go, Developer plan).
 */
export const enginePrices = {
  /** $0.025 a thousand; a retry is one more. */
  millionStateTransitions: 25,
  millionLambdaRequests: 0.2,
  lambdaGiBSecond: 0.0000166667,
  /** At every volume; in the plans with a base fee, from five million a month on, they become cheaper. */
  millionTemporalActions: 50,
  /** The plan: a part of what is used. There is no base fee. */
  temporalPlanShare: 0.1,
  millionSnsRequests: 0.5,
  millionSqsRequests: 0.4,
} as const;

/** A worker process of a hundred runs at a time has room in this (docs/benchmarks.md). */
export const workerSize: TaskSize = { cpu: 256, memoryMiB: 512 };

const daysAMonth = 30;

/** US dollars for transitions of Standard workflows. */
export const stateTransitionsUsd = (count: number): number => (count * enginePrices.millionStateTransitions) / 1e6;

/** US dollars for actions of Temporal Cloud, without its plan. */
export const temporalActionsUsd = (count: number): number => (count * enginePrices.millionTemporalActions) / 1e6;

/** US dollars for the plan of Temporal Cloud, of US dollars of usage. */
export const temporalPlanUsd = (usageUsd: number): number => usageUsd * enginePrices.temporalPlanShare;

/** US dollars for requests to standard topics. */
export const snsUsd = (requests: number): number => (requests * enginePrices.millionSnsRequests) / 1e6;

/** US dollars for requests to standard queues. */
export const sqsUsd = (requests: number): number => (requests * enginePrices.millionSqsRequests) / 1e6;

/** US dollars for one invocation of a function: its request, and its time by the started millisecond. */
export function lambdaUsd({ seconds, memoryMiB }: { readonly seconds: number; readonly memoryMiB: number }): number {
  // Rounded first: 0.069 s is 69.00000000000001 ms in floating point.
  const billedSeconds = Math.ceil(Math.round(seconds * 1e6) / 1e3) / 1e3;
  const { millionLambdaRequests, lambdaGiBSecond } = enginePrices;
  return millionLambdaRequests / 1e6 + billedSeconds * (memoryMiB / 1024) * lambdaGiBSecond;
}

/** US dollars for a month of 30 days when so many files a day come, each as this one. */
export const monthlyUsd = (runUsd: number, filesPerDay: number): number => runUsd * filesPerDay * daysAMonth;

/** US dollars for one worker on Fargate, on demand, for a month. */
export const workerMonthUsd = (): number =>
  taskCostUsd({ size: workerSize, spot: false, seconds: daysAMonth * 24 * 3600 });
