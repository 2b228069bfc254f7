import type { TaskSize } from '@etl/ecs/sizes';
import { describeSeconds } from '@etl/lib/durations';
import type { Compression } from '../csv/compression';
import type { Encoding } from '../csv/encoding';
import { transform } from '../definition';
import { maxShards } from '../event';
import type { Estimate } from '../plan';
import { bytesPerSecond, estimateRun, indexBytesPerSecond, type SourceKind, taskStartSeconds } from './estimate';

/** The event's requirements for the number of tasks. */
export interface ShardWishes {
  readonly shards?: number | undefined;
  readonly deadlineMinutes?: number | undefined;
  readonly budgetUsd?: number | undefined;
}

export interface ShardRequest {
  readonly wishes: ShardWishes;
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
  const { wishes } = request;
  const most = mostShards(request);
  if (wishes.shards !== undefined) return asAsked(request, wishes.shards, most);
  const all = Array.from({ length: most.shards }, (_, index) => choice(request, index + 1));
  const inTime = all.filter(({ shards }) => attemptSeconds(request, shards) <= timeShare(request));
  const choices = inTime.length > 0 ? inTime : all.slice(-1);
  if (wishes.deadlineMinutes !== undefined)
    return withinDeadline(request, wishes.deadlineMinutes, choices, most.reason);
  if (wishes.budgetUsd !== undefined) return withinBudget(request, wishes.budgetUsd, choices);
  return bySize(request, choices, most.reason);
}

/** Returns the maximum number of tasks, and why there cannot be more. */
function mostShards({ source, chunkRows }: ShardRequest): { readonly shards: number; readonly reason: string } {
  const { compression, encoding, bytes, rowBytes } = source;
  const cannot = 'such a file cannot be read from its middle, so that one task converts it';
  if (compression !== 'none') return { shards: 1, reason: `${compression}: ${cannot}` };
  if (encoding !== 'utf-8') return { shards: 1, reason: `${encoding}: ${cannot}` };
  const parts = Math.max(1, Math.floor(bytes / Math.max(1, rowBytes * chunkRows)));
  if (parts >= maxShards) return { shards: maxShards, reason: `a file has ${maxShards} tasks at the most` };
  return {
    shards: parts,
    reason: `the file has about ${count(parts, 'part')} of ${chunkRows} rows, and a task converts one at least`,
  };
}

function asAsked(request: ShardRequest, wished: number, most: { shards: number; reason: string }): ShardPlan {
  const chosen = choice(request, Math.min(wished, most.shards));
  const short = chosen.shards < wished ? [`compute.shards: ${wished} are not followed: ${most.reason}`] : [];
  const broken = unmetRequirements(chosen.estimate, request.wishes, count(chosen.shards, 'task'));
  if (broken.length > 0) return { ok: false, reasons: [...broken, ...short] };
  const reason = short.length > 0 ? most.reason : `the event asks for ${count(wished, 'task')}`;
  return planned(request, chosen, [reason], short);
}

/** Returns the deadline and budget problems of an estimate for `who`. */
export function unmetRequirements(
  estimate: Estimate | undefined,
  { deadlineMinutes, budgetUsd }: ShardWishes,
  who: string,
): string[] {
  if (estimate === undefined) return [];
  const by = describeEstimate(who, estimate);
  return [
    ...(deadlineMinutes !== undefined && estimate.seconds > deadlineMinutes * 60
      ? [`detail.compute.deadlineMinutes: ${deadlineMinutes} are not kept by ${by}`]
      : []),
    ...(budgetUsd !== undefined && estimate.costUsd > budgetUsd
      ? [`detail.compute.budgetUsd: ${budgetUsd} is not kept by ${by}`]
      : []),
  ];
}

function withinDeadline(request: ShardRequest, minutes: number, choices: readonly Choice[], bound: string): ShardPlan {
  const { budgetUsd } = request.wishes;
  // The choices are in ascending cost: every additional task has its price.
  const chosen = choices.find(({ estimate }) => estimate.seconds <= minutes * 60);
  if (!chosen) {
    const fastest = fastestOf(choices);
    const why =
      fastest.shards === choices.at(-1)?.shards
        ? bound
        : 'more of them would not be faster, since one task reads all of it first';
    return refused(`detail.compute.deadlineMinutes: ${minutes} cannot be kept: ${describe(fastest)}, and ${why}`);
  }
  if (budgetUsd !== undefined && chosen.estimate.costUsd > budgetUsd) {
    const affordable = choices.filter(({ estimate }) => estimate.costUsd <= budgetUsd);
    const instead = affordable.length > 0 ? `; for that there are ${describe(fastestOf(affordable))}` : '';
    return refused(
      `detail.compute.budgetUsd: ${budgetUsd} is too little for a deadline of ${minutes} min: it takes ${describe(chosen)}${instead}`,
    );
  }
  return planned(request, chosen, [`the least that keeps the deadline of ${minutes} min`]);
}

function withinBudget(request: ShardRequest, usd: number, choices: readonly Choice[]): ShardPlan {
  const affordable = choices.filter(({ estimate }) => estimate.costUsd <= usd);
  const [cheapest] = choices;
  if (affordable.length === 0 && cheapest) {
    return refused(`detail.compute.budgetUsd: ${usd} is too little: the least is ${describe(cheapest)}`);
  }
  const worth = fastestOf(affordable).estimate.seconds * (1 + worthwhileShare);
  const chosen = affordable.find(({ estimate }) => estimate.seconds <= worth) ?? fastestOf(affordable);
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
      `several would not be done sooner (${describe(chosen)}): one task reads all of it first`,
    ]);
  }
  const because =
    chosen.shards > wanted
      ? `fewer would need more than half of their timeout of ${describeSeconds(request.timeoutSeconds)}`
      : `files above ${gigabytes(shardPolicy.aboveBytes)} are cut into pieces of ${gigabytes(shardPolicy.bytesPerTask)}`;
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
  const more = shards < mostShards(request).shards ? ', or have more tasks with compute.shards' : '';
  return [
    `compute.timeoutSeconds: by the estimate a task needs ${describeSeconds(longest)}, and is stopped after ` +
      `${describeSeconds(timeoutSeconds)}: allow it more${more}`,
  ];
}

/** The run starts all shards and the workers launch them: the slower rate decides when the last one starts. */
function choice({ source, size, spot, launchesPerSecond }: ShardRequest, shards: number): Choice {
  const { bytes, kind } = source;
  const { seconds, ...rest } = estimateRun({ bytes, size, tasks: shards, spot, source: kind });
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

const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? '' : 's'}`;
const gigabytes = (bytes: number): string => `${bytes / 1e9} GB`;
