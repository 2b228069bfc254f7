import { number } from '@etl/lib/amounts';
import type { PriceTable } from '../prices/table';
import type { Option, OptionId } from './options';
import { crossings, rateUsd } from './rate';
import type { Workload } from './workload';

/** A point at which the cheaper of two options changes. */
export interface BreakEven {
  /**
   * `minutes`: duration of a run; `filesPerDay`: number of files; `repeatedShare`: repeated work as a share of all work;
   * `usedShare`: used part of the hours of a commitment.
   */
  readonly kind: 'minutes' | 'filesPerDay' | 'repeatedShare' | 'usedShare';
  readonly options: readonly [OptionId, OptionId | 'ecs-service'];
  readonly value: number;
  readonly sentence: string;
}

/** Maximum duration of a run that is searched for crossings: a day. */
const mostMinutes = 1440;

/** Returns the break-even points with on-demand Fargate. Only that of a service depends on the number of files. */
export function breakEvenPoints(
  workload: Workload,
  options: readonly Option[],
  { fargate }: Pick<PriceTable, 'fargate'>,
): readonly BreakEven[] {
  const base = options.find(({ id }) => id === 'fargate');
  if (!base?.rate || base.limits.length > 0) return [];
  return [
    ...options.flatMap((option) => durations(base, option)),
    ...services(workload, base),
    spotPoint(fargate.spotDiscount),
    planPoint(fargate.savingsPlanDiscount),
  ].filter(({ value }) => Number.isFinite(value));
}

function durations(base: Option, option: Option): BreakEven[] {
  const { rate, mostMinutes: longest = mostMinutes } = option;
  if (option === base || !base.rate || !rate) return [];
  const { rate: baseRate } = base;
  return crossings(rate, baseRate, Math.min(longest, mostMinutes)).map((value) => {
    const isCheaperBelow = rateUsd(rate, value / 2) < rateUsd(baseRate, value / 2);
    const [below, above] = isCheaperBelow ? [option, base] : [base, option];
    return {
      kind: 'minutes',
      options: [option.id, base.id],
      value: Number(value.toPrecision(3)),
      sentence: `${below.name} is cheaper than ${above.name} for runs below ${describeMinutes(value)}`,
    };
  });
}

/** Returns the break-even point of a service that runs all the time. Its task processes one file at a time. */
function services({ minutes }: Workload, { rate }: Option): BreakEven[] {
  if (!rate) return [];
  const files = Math.ceil((rate.minuteUsd * mostMinutes) / rateUsd(rate, minutes));
  const most = Math.floor(mostMinutes / minutes);
  const value = Math.min(files, most);
  const sentence =
    files < most
      ? `an ECS service of one task is cheaper than a task for each file from ${number(files)} files a day, and has capacity for ${number(most)}`
      : `an ECS service of one task costs as much as a task for each file only at its capacity of ${number(most)} files a day`;
  return [{ kind: 'filesPerDay', options: ['fargate', 'ecs-service'], value, sentence }];
}

const spotPoint = (discount: number): BreakEven => ({
  kind: 'repeatedShare',
  options: ['fargate-spot', 'fargate'],
  value: Number((discount / (1 - discount)).toPrecision(3)),
  sentence: `Fargate Spot is cheaper than Fargate while interruptions repeat less than ${percent(discount / (1 - discount))} of the work`,
});

const planPoint = (discount: number): BreakEven => ({
  kind: 'usedShare',
  options: ['fargate-savings-plan', 'fargate'],
  value: Number((1 - discount).toPrecision(3)),
  sentence: `the savings plan is cheaper than Fargate if tasks use more than ${percent(1 - discount)} of the committed hours`,
});

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const describeMinutes = (minutes: number): string =>
  minutes < 1 ? `${Number((minutes * 60).toPrecision(3))} s` : `${Number(minutes.toPrecision(3))} min`;
