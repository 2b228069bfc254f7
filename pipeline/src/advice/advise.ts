import { roundUsd } from '../prices/roundUsd';
import { monthlyUsd } from '../prices/services';
import type { PriceTable } from '../prices/table';
import { type BreakEven, breakEvenPoints } from './breakEven';
import { type KafkaAdvice, kafkaAdvice } from './kafka';
import { limits } from './limits';
import { type Option, type OptionId, optionsFor } from './options';
import { rateUsd } from './rate';
import type { Workload } from './workload';

/** A compared option. Prices are in US dollars, and null if the service has no size for the job. */
export interface ComparedOption {
  readonly id: OptionId;
  readonly name: string;
  readonly size: string;
  readonly possible: boolean;
  readonly runUsd: number | null;
  readonly monthUsd: number | null;
  /** Hard limits that rule the option out. */
  readonly limits: readonly string[];
  /** Why the option suits the job, or why it is not possible. */
  readonly reason: string;
}

/** Output of `etl advise --json`. Fields are only added within a version. */
export interface Advice {
  readonly version: 1;
  readonly workload: Required<Workload>;
  readonly prices: { readonly region: string; readonly date: string };
  readonly options: readonly ComparedOption[];
  /** The cheapest option that can run the job without a commitment; null if there is none. */
  readonly recommended: { readonly id: OptionId; readonly reason: string } | null;
  readonly breakEven: readonly BreakEven[];
  /** Explanations of the comparison. */
  readonly notes: readonly string[];
  /** Null unless a GPU is needed. */
  readonly gpu: string | null;
  /** Null unless the data arrives in Kafka. */
  readonly kafka: KafkaAdvice | null;
}

const gpuSentence =
  'none of these options has a GPU: use ECS on EC2 or AWS Batch on EC2 with a GPU instance type, whose price depends on the type';

const notIncluded = [
  'Fargate also bills the start of a task, from the image pull: the compared minutes do not include it',
  'Prices do not include S3 (storage, requests, traffic), logs or the orchestrator',
];

/** Explains the price for 1 GiB of Lambda that other comparisons give for a job that Lambda cannot run. */
function lessMemory({ minutes, filesPerDay, memoryMiB }: Workload, { lambda }: PriceTable): string[] {
  if (minutes <= limits.lambda.minutes || memoryMiB <= 1024) return [];
  const rate = (gib: number) => ({
    requestUsd: lambda.millionRequests / 1e6,
    minuteUsd: 60 * gib * lambda.gibSecond,
    minimumMinutes: 0,
  });
  const month = (gib: number) => `$${monthlyUsd(rateUsd(rate(gib), minutes), filesPerDay).toFixed(2)}`;
  return [
    `Lambda would cost ${month(1)} a month with 1 GiB and ${month(memoryMiB / 1024)} with ${memoryMiB / 1024} GiB, ` +
      `but cannot run the job: it stops a function after ${limits.lambda.minutes} min`,
  ];
}

/** Returns the comparison of all options for a job. */
export function advise(workload: Workload, prices: PriceTable): Advice {
  const options = optionsFor(workload, prices);
  const compared = options.map((option) => comparedOf(option, workload));
  const lambda = options.find(({ id }) => id === 'lambda');
  return {
    version: 1,
    workload: { bytes: 0, gpu: false, kafka: false, ...workload },
    prices: { region: prices.region, date: prices.date },
    options: compared,
    recommended: recommendedOf(compared),
    breakEven: breakEvenPoints(workload, options, prices),
    notes: [...lessMemory(workload, prices), ...notIncluded],
    gpu: workload.gpu ? gpuSentence : null,
    kafka: workload.kafka ? kafkaAdvice(workload, lambda?.limits ?? [], prices) : null,
  };
}

function comparedOf(option: Option, workload: Workload): ComparedOption {
  const { id, name, size, rate, limits: exceeded, because } = option;
  const run = rate && rateUsd(rate, workload.minutes);
  const possible = exceeded.length === 0;
  return {
    id,
    name,
    size,
    possible,
    runUsd: run === undefined ? null : roundUsd(run),
    monthUsd: run === undefined ? null : roundUsd(monthlyUsd(run, workload.filesPerDay)),
    limits: exceeded,
    reason: possible ? because : `not possible: ${exceeded.join('; ')}`,
  };
}

function recommendedOf(compared: readonly ComparedOption[]): Advice['recommended'] {
  // Unknown: whether the account would use a commitment completely.
  const [best] = compared
    .filter(({ possible, id }) => possible && id !== 'fargate-savings-plan')
    .sort((one, other) => (one.monthUsd ?? 0) - (other.monthUsd ?? 0));
  return best ? { id: best.id, reason: `${best.name} is the cheapest that can run the job; it ${best.reason}` } : null;
}
