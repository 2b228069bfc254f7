import type { TaskSize } from '@etl/ecs/sizes';
import { listPrices, type PriceTable } from './table';
import { taskCostUsd } from './tasks';

/** Size of a task that runs a worker with a hundred concurrent runs (docs/benchmarks.md). */
export const workerSize: TaskSize = { cpu: 256, memoryMiB: 512 };

/** Number of days in the month of every monthly price. */
export const daysPerMonth = 30;

type Prices<Key extends keyof PriceTable> = Pick<PriceTable, Key>;

/** Returns the cost of transitions of Standard workflows, in US dollars. */
export const stateTransitionsUsd = (count: number, { stepFunctions }: Prices<'stepFunctions'> = listPrices): number =>
  (count * stepFunctions.millionTransitions) / 1e6;

/** Returns the cost of Temporal Cloud actions without the plan, in US dollars. */
export const temporalActionsUsd = (count: number, { temporalCloud }: Prices<'temporalCloud'> = listPrices): number =>
  (count * temporalCloud.millionActions) / 1e6;

/** Returns the cost of the Temporal Cloud plan for a usage, both in US dollars. */
export const temporalPlanUsd = (usageUsd: number, { temporalCloud }: Prices<'temporalCloud'> = listPrices): number =>
  usageUsd * temporalCloud.planShare;

/** Returns the cost of requests to standard topics, in US dollars. */
export const snsUsd = (requests: number, { sns }: Prices<'sns'> = listPrices): number =>
  (requests * sns.millionRequests) / 1e6;

/** Returns the cost of requests to standard queues, in US dollars. */
export const sqsUsd = (requests: number, { sqs }: Prices<'sqs'> = listPrices): number =>
  (requests * sqs.millionRequests) / 1e6;

/** Returns the cost of a month of 30 days, in US dollars, if every run costs `runUsd`. */
export const monthlyUsd = (runUsd: number, filesPerDay: number): number => runUsd * filesPerDay * daysPerMonth;

/** Returns the cost of an on-demand task of this size that runs the whole month, in US dollars. */
export const alwaysOnUsd = (size: TaskSize, prices: Prices<'fargate'> = listPrices): number =>
  taskCostUsd({ size, spot: false, seconds: daysPerMonth * 24 * 3600 }, prices);

/** Returns the cost of one on-demand worker on Fargate for a month, in US dollars. */
export const workerMonthUsd = (prices: Prices<'fargate'> = listPrices): number => alwaysOnUsd(workerSize, prices);
