import { ephemeralStorageGiB, type TaskSize } from '@etl/ecs/sizes';
import { describeBytes } from '@etl/lib/amounts';
import type { Compression } from '../csv/compression';
import type { EventDetail } from '../event';
import type { Compute, Estimate, Lane, Routing } from '../plan';
import type { RunPrices } from '../prices/table';
import { describeSize } from './describe';
import { estimateLight, estimateRun, type SourceKind } from './estimate';
import {
  ceilingBytes,
  defaultLightLimitBytes,
  expansion,
  lightLimits,
  lightMemoryMiB,
  type PolicyRow,
  policyRows,
  recommendedAbove,
} from './policy';

/** Light lane of a worker. */
export interface LightLane {
  readonly kind: 'lambda' | 'process';
  /** Files up to this many decoded bytes use the lane by default. */
  readonly limitBytes: number;
}

/** Configuration of a worker for routes. */
export interface RoutingSettings {
  /** Absent: the worker has no light lane. */
  readonly lightLane?: LightLane;
  /** Source of a task's size: `policy`, or its task definition (`definition`). */
  readonly taskSize: 'policy' | 'definition';
  /** Whether tasks run on Spot when the event does not decide. */
  readonly spot: boolean;
  /**
   * Launches per second across all workers.
   *
   * @default transform.launchesPerSecond
   */
  readonly launchesPerSecond?: number;
  /** Prices of the price file. @default the list prices */
  readonly prices?: RunPrices;
  /** The engine cannot follow lanes: a requested lane is accepted, and every conversion is a task. */
  readonly ignoresLanes?: boolean;
}

/** Default without configuration: on demand, with the task definition's size. */
export const noRouting: RoutingSettings = { taskSize: 'definition', spot: false };

export interface RouteRequest {
  readonly source: {
    readonly kind: SourceKind;
    /** Stored size. */
    readonly bytes: number;
    readonly compression: Compression;
    /** Average bytes per row, decoded. */
    readonly rowBytes: number;
  };
  readonly destination: SourceKind;
  readonly chunkRows: number;
  readonly requested: NonNullable<EventDetail['compute']>;
}

export type Route =
  | { readonly ok: true; readonly compute: Compute; readonly routing: Routing }
  | { readonly ok: false; readonly reasons: readonly string[] };

/**
 * Returns the lane, size and Spot use of a file, with a reason for each, or why the event's requirements cannot be met.
 */
export function route(request: RouteRequest, settings: RoutingSettings): Route {
  const { source, requested } = request;
  const bytes = source.bytes * expansion[source.compression];
  const refusals = [...ceilingProblem(bytes, requested), ...lightProblems(request, bytes, settings)];
  if (refusals.length > 0) return { ok: false, reasons: refusals };
  const lane = laneOf(request, bytes, settings);
  const row = rowOf(bytes, settings);
  const size = sizeOf(row, requested, settings);
  const spot = spotOf(requested, settings);
  const storage = storageOf(request);
  const reasons = [
    ...expansionReason(source),
    lane.reason,
    // Reasons for the task are shown only when one is launched. Its size is kept for a relaunch after a light launch
    // was killed.
    ...(lane.lane === 'fargate' ? [size.reason, spot.reason, ...storage.reasons] : []),
  ];
  const compute: Compute = {
    lane: lane.lane,
    ...(size.size && { size: size.size }),
    ...(storage.giB !== undefined && { ephemeralStorageGiB: storage.giB }),
    spot: spot.spot,
  };
  const estimate = estimateOf(lane.lane, bytes, source.kind, row.size, compute, settings);
  return { ok: true, compute, routing: { reasons, ...(estimate && { estimate }) } };
}

function ceilingProblem(bytes: number, requested: RouteRequest['requested']): string[] {
  if (bytes <= ceilingBytes || requested.acceptSize) return [];
  return [
    `${describeBytes(bytes)} exceeds the limit of ${describeBytes(ceilingBytes)}: use ${recommendedAbove}, ` +
      'or set detail.compute.acceptSize to true',
  ];
}

/** Returns why the light lane cannot take a file whose event requests it. */
function lightProblems(request: RouteRequest, bytes: number, settings: RoutingSettings): string[] {
  const { requested } = request;
  if (requested.lane !== 'light' || settings.ignoresLanes) return [];
  const { lightLane } = settings;
  const problems = [
    ...(lightLane ? unreachable(request, lightLane) : ['this worker has no light lane: set LIGHT_FUNCTION']),
    ...tooLarge(request, bytes),
    ...((requested.shards ?? 1) > 1 ? ['the light lane does not split a file into shards: remove compute.shards'] : []),
  ];
  return problems.map((problem) => `detail.compute.lane: light: ${problem}`);
}

function unreachable({ source, destination }: RouteRequest, { kind }: LightLane): string[] {
  if (kind !== 'lambda' || (source.kind === 's3' && destination === 's3')) return [];
  return ['a function reads and writes s3:// only, not files of the worker'];
}

function tooLarge(request: RouteRequest, bytes: number): string[] {
  const { mostBytes, scratchBytes } = lightLimits;
  const scratch = scratchBytesOf(request);
  return [
    ...(bytes > mostBytes
      ? [`${describeBytes(bytes)} exceeds the light lane's maximum of ${describeBytes(mostBytes)}`]
      : []),
    ...(scratch > scratchBytes
      ? [`two parts need ${describeBytes(scratch)}, but a function's /tmp has ${describeBytes(scratchBytes)}`]
      : []),
  ];
}

function laneOf(
  request: RouteRequest,
  bytes: number,
  settings: RoutingSettings,
): { readonly lane: Lane; readonly reason: string } {
  const { requested } = request;
  const fargate = (reason: string) => ({ lane: 'fargate', reason }) as const;
  if (settings.ignoresLanes) return fargate('this engine has no lanes: Fargate');
  if (requested.lane === 'light' || requested.lane === 'fargate') {
    return { lane: requested.lane, reason: `requested by the event: ${laneNames[requested.lane]}` };
  }
  const requirement = taskRequirement(requested);
  if (requirement !== undefined) return fargate(`the event sets ${requirement}, which requires a task: Fargate`);
  const { lightLane } = settings;
  if (!lightLane) return fargate('no light lane is configured: Fargate');
  const [what, limit] = [describeBytes(bytes), describeBytes(lightLane.limitBytes)];
  if (bytes > lightLane.limitBytes) return fargate(`${what} is above the light limit of ${limit}: Fargate`);
  const [problem] = [...unreachable(request, lightLane), ...tooLarge(request, bytes)];
  if (problem !== undefined) return fargate(`${problem}: Fargate`);
  const comparison = bytes < lightLane.limitBytes ? 'below' : 'just';
  const converter = lightLane.kind === 'lambda' ? 'a function' : 'a process of the worker';
  return { lane: 'light', reason: `${what} is ${comparison} the light limit of ${limit}: light lane, ${converter}` };
}

const laneNames: Readonly<Record<Lane, string>> = { light: 'light lane', fargate: 'Fargate' };

/** Returns the first requirement of the event that the light lane cannot meet. */
function taskRequirement(requested: RouteRequest['requested']): string | undefined {
  const keys = ['cpu', 'ephemeralStorageGiB', 'spot'] as const;
  // Declining Spot does not require a task.
  const key = keys.find((each) => requested[each] !== undefined && requested[each] !== false);
  if (key !== undefined) return `compute.${key}`;
  return (requested.shards ?? 1) > 1 ? 'compute.shards' : undefined;
}

function rowOf(bytes: number, { lightLane }: RoutingSettings): PolicyRow {
  const rows = policyRows(lightLane?.limitBytes ?? defaultLightLimitBytes);
  return rows.find(({ upToBytes }) => bytes <= upToBytes) ?? (rows.at(-1) as PolicyRow);
}

function sizeOf(
  row: PolicyRow,
  { cpu, memory }: RouteRequest['requested'],
  { taskSize }: RoutingSettings,
): { readonly size?: TaskSize; readonly reason: string } {
  if (cpu !== undefined && memory !== undefined) {
    const size = { cpu, memoryMiB: memory };
    return { size, reason: `the event requests ${describeSize(size)}` };
  }
  if (taskSize === 'definition') return { reason: 'the task definition sets the size' };
  return { size: row.size, reason: `${describeSize(row.size)}: ${row.why}` };
}

function spotOf(
  { spot }: RouteRequest['requested'],
  settings: RoutingSettings,
): { readonly spot: boolean; readonly reason: string } {
  if (spot !== undefined) return { spot, reason: `the event requests ${spot ? 'Spot' : 'on-demand capacity'}` };
  if (settings.spot)
    return { spot: true, reason: 'Spot, then on-demand after repeated losses: finished parts are kept' };
  return { spot: false, reason: 'on demand, as configured on the worker' };
}

const freeStorageGiB = 20;
/** Share of its storage that a task may fill with parts. */
const storageShare = 0.8;

/** Returns the storage for two parts, if it exceeds the default. */
function storageOf(request: RouteRequest): { readonly giB?: number; readonly reasons: readonly string[] } {
  const requestedGiB = request.requested.ephemeralStorageGiB;
  if (requestedGiB !== undefined)
    return { giB: requestedGiB, reasons: [`the event requests ${requestedGiB} GiB of storage`] };
  const scratch = scratchBytesOf(request);
  const needed = Math.ceil(scratch / 2 ** 30 / storageShare);
  if (needed <= freeStorageGiB) return { reasons: [] };
  const giB = Math.min(Math.max(needed, ephemeralStorageGiB.min), ephemeralStorageGiB.max);
  return { giB, reasons: [`${giB} GiB of storage: two parts need ${describeBytes(scratch)}`] };
}

/** Returns the maximum size of two parts, as the container itself calculates it before it begins. */
function scratchBytesOf({ source, chunkRows }: RouteRequest): number {
  const twoParts = 2 * chunkRows * source.rowBytes;
  return source.compression === 'none' ? Math.min(twoParts, 3 * source.bytes) : twoParts;
}

function expansionReason({ bytes, compression }: RouteRequest['source']): string[] {
  if (compression === 'none') return [];
  const factor = expansion[compression];
  return [
    `${describeBytes(bytes)} of ${compression} are counted as ${describeBytes(bytes * factor)} of CSV (${factor} times): ` +
      'the decoded size is not known in advance',
  ];
}

function estimateOf(
  lane: Lane,
  bytes: number,
  source: SourceKind,
  policySize: TaskSize,
  { size = policySize, spot }: Compute,
  { lightLane, prices }: RoutingSettings,
): Estimate | undefined {
  const priced = { bytes, source, ...(prices && { prices }) };
  if (lane === 'fargate') return estimateRun({ ...priced, size, tasks: 1, spot });
  return lightLane && estimateLight({ ...priced, kind: lightLane.kind, memoryMiB: lightMemoryMiB });
}
