import type { TaskSize } from '@etl/ecs/sizes';
import { count } from '@etl/lib/amounts';
import { describeSeconds } from '@etl/lib/durations';
import type { Compression } from '../csv/compression';
import type { Encoding } from '../csv/encoding';
import { transform } from '../definition';
import { maxShards } from '../event';
import type { Estimate } from '../plan';
import type { RunPrices } from '../prices/table';
import { bytesPerSecond, estimateRun, indexBytesPerSecond, type SourceKind, taskStartSeconds } from './estimate';

/** The event's requirements for the number of tasks. */
export interface ShardRequirements {
  readonly shards?: number | undefined;
  readonly deadlineMinutes?: number | undefined;
  readonly budgetUsd?: number | undefined;
}

export interface ShardRequest {
  readonly requirements: ShardRequirements;
  readonly source: {
    readonly kind: SourceKind;
    /** Decoded bytes: the size of a compressed file after decompression. */
    readonly bytes: number;
    readonly compression: Compression;
    readonly encoding: Encoding;
    /** Average bytes per row, from the head of the file. */
    readonly rowBytes: number;
  };
  readonly chunkRows: number;
  readonly size: TaskSize;
  readonly spot: boolean;
  /** Timeout of one attempt of a task. */
  readonly timeoutSeconds: number;
  /** Launches per second across all workers. */
  readonly launchesPerSecond: number;
  /** @default the list prices */
  readonly prices?: RunPrices;
}

export type ShardPlan =
  /** `shards` 1: one task. */
  | {
      readonly ok: true;
      readonly shards: number;
      readonly estimate: Estimate;
      readonly reasons: readonly string[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** Policy for an event without requirements. */
export const shardPolicy = {
  /** Larger files are split. */
  aboveBytes: 50e9,
  /** Bytes per task of a split file. */
  bytesPerTask: 25e9,
  /** Maximum planned share of a task's timeout: estimates are not exact to the second. */
  timeoutShare: 0.5,
} as const;

/** More tasks that save less than this share of the time are not worth their price. */
const worthwhileShare = 0.05;

/** A number of tasks, with its estimate. */
interface Choice {
  readonly shards: number;
  readonly estimate: Estimate;
}

/**
 * Returns the number of tasks that convert a file together: by the event's requirements, else by the file's size and
 * the timeout of a task. Rejects a deadline or a budget that the estimate exceeds, and states what would be needed.
 */
export function planShards(request: ShardRequest): ShardPlan {
  const { requirements } = request;
  const most = mostShards(request);
  if (requirements.shards !== undefined) return asRequested(request, requirements.shards, most);
  const all = Array.from({ length: most.shards }, (_, index) => choice(request, index + 1));
  const inTime = all.filter(({ shards }) => attemptSeconds(request, shards) <= timeShare(request));
  const choices = inTime.length > 0 ? inTime : all.slice(-1);
  if (requirements.deadlineMinutes !== undefined)
    return withinDeadline(request, requirements.deadlineMinutes, choices, most.reason);
  if (requirements.budgetUsd !== undefined) return withinBudget(request, requirements.budgetUsd, choices);
  return bySize(request, choices, most.reason);
}

/** Returns the maximum number of tasks, and why there cannot be more. */
function mostShards({ source, chunkRows }: ShardRequest): { readonly shards: number; readonly reason: string } {
  const { compression, encoding, bytes, rowBytes } = source;
  const cannot = 'the file cannot be read from its middle, so one task converts it';
  if (compression !== 'none') return { shards: 1, reason: `${compression}: ${cannot}` };
  if (encoding !== 'utf-8') return { shards: 1, reason: `${encoding}: ${cannot}` };
  const parts = Math.max(1, Math.floor(bytes / Math.max(1, rowBytes * chunkRows)));
  if (parts >= maxShards) return { shards: maxShards, reason: `a file has at most ${maxShards} tasks` };
  return {
    shards: parts,
    reason: `the file has about ${count(parts, 'part')} of ${chunkRows} rows, and each task converts at least one`,
  };
}

function asRequested(request: ShardRequest, requested: number, most: { shards: number; reason: string }): ShardPlan {
  const chosen = choice(request, Math.min(requested, most.shards));
  const short =
    chosen.shards < requested ? [`compute.shards: ${requested} tasks are not possible: ${most.reason}`] : [];
  const unmet = unmetRequirements(chosen.estimate, request.requirements, count(chosen.shards, 'task'));
  if (unmet.length > 0) return { ok: false, reasons: [...unmet, ...short] };
  const reason = short.length > 0 ? most.reason : `the event requests ${count(requested, 'task')}`;
  return planned(request, chosen, [reason], short);
}

/** Returns the deadline and budget problems of an estimate for `who`. */
export function unmetRequirements(
  estimate: Estimate | undefined,
  { deadlineMinutes, budgetUsd }: ShardRequirements,
  who: string,
): string[] {
  if (estimate === undefined) return [];
  const by = describeEstimate(who, estimate);
  return [
    ...(deadlineMinutes !== undefined && estimate.seconds > deadlineMinutes * 60
      ? [`detail.compute.deadlineMinutes: the deadline of ${deadlineMinutes} min is not met by ${by}`]
      : []),
    ...(budgetUsd !== undefined && estimate.costUsd > budgetUsd
      ? [`detail.compute.budgetUsd: the budget of $${budgetUsd} is exceeded by ${by}`]
      : []),
  ];
}

function withinDeadline(request: ShardRequest, minutes: number, choices: readonly Choice[], bound: string): ShardPlan {
  const { budgetUsd } = request.requirements;
  // The choices are in ascending cost: every additional task has its price.
  const chosen = choices.find(({ estimate }) => estimate.seconds <= minutes * 60);
  if (!chosen) {
    const fastest = fastestOf(choices);
    const why =
      fastest.shards === choices.at(-1)?.shards
        ? bound
        : 'more tasks would not be faster, since one task first reads the whole file';
    return refused(
      `detail.compute.deadlineMinutes: the deadline of ${minutes} min cannot be met: the fastest is ${describe(fastest)}, and ${why}`,
    );
  }
  if (budgetUsd !== undefined && chosen.estimate.costUsd > budgetUsd) {
    const affordable = choices.filter(({ estimate }) => estimate.costUsd <= budgetUsd);
    const instead =
      affordable.length > 0 ? `; within the budget, the fastest is ${describe(fastestOf(affordable))}` : '';
    return refused(
      `detail.compute.budgetUsd: $${budgetUsd} is not enough for the deadline of ${minutes} min, which needs ${describe(chosen)}${instead}`,
    );
  }
  return planned(request, chosen, [`the fewest tasks that meet the deadline of ${minutes} min`]);
}

function withinBudget(request: ShardRequest, usd: number, choices: readonly Choice[]): ShardPlan {
  const affordable = choices.filter(({ estimate }) => estimate.costUsd <= usd);
  const [cheapest] = choices;
  if (affordable.length === 0 && cheapest) {
    return refused(`detail.compute.budgetUsd: $${usd} is not enough: the cheapest is ${describe(cheapest)}`);
  }
  const acceptableSeconds = fastestOf(affordable).estimate.seconds * (1 + worthwhileShare);
  const chosen = affordable.find(({ estimate }) => estimate.seconds <= acceptableSeconds) ?? fastestOf(affordable);
  return planned(request, chosen, [`as fast as the budget of $${usd} allows`]);
}

function bySize(request: ShardRequest, choices: readonly Choice[], bound: string): ShardPlan {
  const { bytes } = request.source;
  const alone = choice(request, 1);
  const wanted = bytes > shardPolicy.aboveBytes ? Math.ceil(bytes / shardPolicy.bytesPerTask) : 1;
  const chosen = choices.find(({ shards }) => shards >= wanted) ?? choices.at(-1) ?? alone;
  if (chosen.shards === 1) return planned(request, alone, wanted > 1 ? [bound] : []);
  if (chosen.estimate.seconds > alone.estimate.seconds * (1 - worthwhileShare)) {
    return planned(request, alone, [
      `several tasks would not finish sooner (${describe(chosen)}): one task first reads the whole file`,
    ]);
  }
  const because =
    chosen.shards > wanted
      ? `fewer tasks would need more than half of their timeout of ${describeSeconds(request.timeoutSeconds)}`
      : `files above ${gigabytes(shardPolicy.aboveBytes)} are split into pieces of ${gigabytes(shardPolicy.bytesPerTask)}`;
  return planned(request, chosen, [chosen.shards < wanted ? bound : because]);
}

function planned(
  request: ShardRequest,
  chosen: Choice,
  why: readonly string[],
  warnings: readonly string[] = [],
): ShardPlan {
  const { shards, estimate } = chosen;
  const reasons = why.map((reason) => `${describe(chosen)}: ${reason}`);
  return { ok: true, shards, estimate, reasons, warnings: [...warnings, ...late(request, shards)] };
}

/** Returns a warning when an attempt would be stopped before it is done. */
function late(request: ShardRequest, shards: number): string[] {
  const { source, timeoutSeconds } = request;
  const index = shards > 1 ? taskStartSeconds + source.bytes / indexBytesPerSecond[source.kind] : 0;
  const longest = Math.max(index, attemptSeconds(request, shards));
  if (longest <= timeoutSeconds) return [];
  const more = shards < mostShards(request).shards ? ', or set more tasks in compute.shards' : '';
  return [
    `compute.timeoutSeconds: by the estimate, a task needs ${describeSeconds(longest)}, but is stopped after ` +
      `${describeSeconds(timeoutSeconds)}: raise it${more}`,
  ];
}

/** The run starts all shards and the workers launch them: the slower rate decides when the last one starts. */
function choice({ source, size, spot, launchesPerSecond, prices }: ShardRequest, shards: number): Choice {
  const { bytes, kind } = source;
  const { seconds, ...rest } = estimateRun({
    bytes,
    size,
    tasks: shards,
    spot,
    source: kind,
    ...(prices && { prices }),
  });
  const startsPerSecond = Math.min(transform.shardStartsPerSecond, launchesPerSecond);
  const starting = shards > 1 ? Math.floor(shards / startsPerSecond) : 0;
  return { shards, estimate: { ...rest, seconds: seconds + starting } };
}

/** Returns the estimated seconds of a converting task, from its launch. */
function attemptSeconds({ source, size }: ShardRequest, shards: number): number {
  return taskStartSeconds + source.bytes / shards / bytesPerSecond(size.cpu / 1024, source.kind);
}

const timeShare = ({ timeoutSeconds }: ShardRequest): number => timeoutSeconds * shardPolicy.timeoutShare;

const fastestOf = (choices: readonly Choice[]): Choice =>
  choices.reduce((best, each) => (each.estimate.seconds < best.estimate.seconds ? each : best));

const refused = (...reasons: string[]): ShardPlan => ({ ok: false, reasons });

/** Returns `12 tasks, 28 min 30 s and $5.23 by the estimate`. */
function describe({ shards, estimate }: Choice): string {
  return describeEstimate(count(shards, 'task'), estimate);
}

function describeEstimate(who: string, { seconds, costUsd }: Estimate): string {
  return `${who}, ${describeSeconds(seconds)} and $${costUsd.toFixed(costUsd < 0.1 ? 4 : 2)} by the estimate`;
}

const gigabytes = (bytes: number): string => `${bytes / 1e9} GB`;
