import type { TaskSize } from '@etl/ecs/sizes';
import type { Manifest } from '../manifest';
import { roundUsd } from '../prices/roundUsd';
import { daysPerMonth } from '../prices/services';
import type { PriceTable } from '../prices/table';
import { fargateBilling, taskCostUsd } from '../prices/tasks';
import { paidStartSeconds } from '../routing/estimate';
import { describeTaskSize, fargateSizeFor, fargateSizes } from './workload';

/** The parts of a manifest that describe the task of its run. */
export type RunUsage = Pick<Manifest, 'resources' | 'reused'>;

/** Advice on the task size of a dataset. Prices are in US dollars for on-demand capacity. */
export interface SizeAdvice {
  readonly dataset: string;
  /** Number of runs that the advice is based on: those of the latest size in which one task converted the whole file. */
  readonly runs: number;
  /** Size of the latest run; null if it is not a Fargate size, as on the local system. */
  readonly current: TaskSize | null;
  /** Null if no Fargate size has enough memory. */
  readonly proposed: TaskSize | null;
  readonly action: 'keep' | 'shrink' | 'grow' | 'unknown';
  readonly peakMemoryMiB: number;
  /** CPU time divided by duration, at most the processors of the task: the greatest value of all runs. */
  readonly busyCpus: number;
  /** Median duration of a run in the container, in seconds. */
  readonly seconds: number;
  readonly currentMonthUsd: number | null;
  readonly proposedMonthUsd: number | null;
  /** Negative if the proposed size costs more. */
  readonly savingMonthUsd: number | null;
  readonly confidence: 'low' | 'medium' | 'high';
  /** One sentence. */
  readonly reason: string;
}

/** Free memory above the highest peak, as a share of the peak. */
const headroom = 0.25;
/** A run may take this much longer with another size. A run within the minimum billed duration may take that long. */
const slowdown = 0.25;
/** Minimum number of runs for medium and high confidence, and the maximum ratio of highest to median peak for high. */
const confident = { medium: 5, high: 20, spread: 1.5 } as const;

/**
 * Advises the cheapest Fargate size that has a quarter more memory than the highest peak and with which no run takes more
 * than a quarter longer. `all`: the runs of `days` days, in ascending order. Returns undefined if there is no run in which
 * one task converted the whole file.
 */
export function rightSize(
  dataset: string,
  all: readonly RunUsage[],
  days: number,
  prices: Pick<PriceTable, 'fargate'>,
): SizeAdvice | undefined {
  const whole = all.filter(isOfOneTask);
  const latest = whole.at(-1)?.resources;
  if (!latest) return undefined;
  const runs = whole
    .map(({ resources }) => resources)
    .filter(({ cpus, memoryMiB }) => cpus === latest.cpus && memoryMiB === latest.memoryMiB);
  const peaks = runs.map(({ peakMemoryMiB }) => peakMemoryMiB);
  const peak = Math.max(...peaks);
  const current = reportedSize(latest);
  const proposed = cheapestFor(runs, Math.ceil(peak * (1 + headroom)), prices);
  const monthUsd = (size: TaskSize): number =>
    roundUsd((runs.reduce((sum, run) => sum + costOf(size, run, prices), 0) / days) * daysPerMonth);
  const [currentMonthUsd, proposedMonthUsd] = [current, proposed].map((size) => (size ? monthUsd(size) : null)) as [
    number | null,
    number | null,
  ];
  const saving = currentMonthUsd === null || proposedMonthUsd === null ? null : currentMonthUsd - proposedMonthUsd;
  const facts = {
    dataset,
    runs: runs.length,
    current: current ?? null,
    proposed: proposed ?? null,
    peakMemoryMiB: peak,
    busyCpus: Math.round(Math.max(...runs.map(busyOf)) * 100) / 100,
    seconds: medianOf(runs.map(({ wallSeconds }) => wallSeconds)),
    currentMonthUsd,
    proposedMonthUsd,
    savingMonthUsd: saving === null ? null : roundUsd(saving),
    confidence: confidenceOf(peaks),
  };
  const action = actionOf(facts);
  return { ...facts, action, reason: reasonOf({ ...facts, action }) };
}

type Usage = Manifest['resources'];

/**
 * Returns whether one task converted the whole file. Several tasks use more CPU time than one task has, and an earlier task
 * converted the adopted parts.
 */
function isOfOneTask({ resources, reused }: RunUsage): boolean {
  const { cpuSeconds, wallSeconds, cpus, memoryMiB } = resources;
  return reused === 0 && wallSeconds > 0 && cpus > 0 && memoryMiB > 0 && cpuSeconds <= wallSeconds * cpus * 1.1 + 1;
}

/** Returns the processors in use. The CPU time of a short run includes the start of its process, which its duration does not. */
const busyOf = ({ cpuSeconds, wallSeconds, cpus }: Usage): number => Math.min(cpuSeconds / wallSeconds, cpus);

/** Returns the Fargate size of a task that reports these resources. It reports less memory than its size has. */
export function reportedSize({ cpus, memoryMiB }: Usage): TaskSize | undefined {
  const size = fargateSizeFor(cpus, memoryMiB);
  return size && size.cpu === cpus * 1024 && memoryMiB >= 0.9 * size.memoryMiB ? size : undefined;
}

/** Returns the duration of a run with another size, in seconds. Assumes that more processors do not make it faster. */
const secondsWith = ({ cpu }: TaskSize, { cpuSeconds, wallSeconds }: Usage): number =>
  Math.max(wallSeconds, cpuSeconds / (cpu / 1024));

const costOf = (size: TaskSize, run: Usage, prices: Pick<PriceTable, 'fargate'>): number =>
  taskCostUsd({ size, spot: false, seconds: paidStartSeconds + secondsWith(size, run) }, prices);

function cheapestFor(
  runs: readonly Usage[],
  memoryMiB: number,
  prices: Pick<PriceTable, 'fargate'>,
): TaskSize | undefined {
  const free = fargateBilling.minimumSeconds - paidStartSeconds;
  const isFastEnough = (size: TaskSize): boolean =>
    runs.every((run) => secondsWith(size, run) <= Math.max(run.wallSeconds * (1 + slowdown), free));
  const cost = (size: TaskSize): number => runs.reduce((sum, run) => sum + costOf(size, run, prices), 0);
  const [best] = fargateSizes
    .filter((size) => size.memoryMiB >= memoryMiB && isFastEnough(size))
    .map((size) => ({ size, usd: cost(size) }))
    .sort((one, other) => one.usd - other.usd);
  return best?.size;
}

function confidenceOf(peaks: readonly number[]): SizeAdvice['confidence'] {
  const isSteady = Math.max(...peaks) <= confident.spread * medianOf(peaks);
  if (peaks.length >= confident.high && isSteady) return 'high';
  return peaks.length >= confident.medium ? 'medium' : 'low';
}

type Facts = Omit<SizeAdvice, 'action' | 'reason'>;

function actionOf({ current, proposed, savingMonthUsd }: Facts): SizeAdvice['action'] {
  if (!current || !proposed || savingMonthUsd === null) return 'unknown';
  if (current.cpu === proposed.cpu && current.memoryMiB === proposed.memoryMiB) return 'keep';
  return savingMonthUsd > 0 ? 'shrink' : 'grow';
}

function reasonOf({ action, current, proposed, peakMemoryMiB, busyCpus }: Facts & Pick<SizeAdvice, 'action'>): string {
  const need = `the runs used at most ${peakMemoryMiB} MiB and ${busyCpus} processors`;
  if (!proposed) return `${need}: no Fargate size has a quarter more memory`;
  if (!current) return `${need}; the saving is unknown, because the runs did not have a Fargate size`;
  const becomes = `${describeTaskSize(proposed)} instead of ${describeTaskSize(current)}`;
  if (action === 'keep') return `${need}, which fits the size`;
  return action === 'shrink' ? `${need}: ${becomes}` : `${need}, which leaves too little memory free: ${becomes}`;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
