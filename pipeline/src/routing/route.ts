import { ephemeralStorageGiB, type TaskSize } from '@etl/ecs/sizes';
import type { Compression } from '../csv/compression';
import type { EventDetail } from '../event';
import type { Compute, Estimate, Lane, Routing } from '../plan';
import { describeBytes, describeSize } from './describe';
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
  readonly wishes: NonNullable<EventDetail['compute']>;
}

export type Route =
  | { readonly ok: true; readonly compute: Compute; readonly routing: Routing }
  | { readonly ok: false; readonly reasons: readonly string[] };

/**
 * Returns the lane, size and Spot use of a file, with a reason for each, or why the event's requirements cannot be met.
 */
export function route(request: RouteRequest, settings: RoutingSettings): Route {
  const { source, wishes } = request;
  const bytes = source.bytes * expansion[source.compression];
  const refusals = [...ceilingProblem(bytes, wishes), ...lightProblems(request, bytes, settings)];
  if (refusals.length > 0) return { ok: false, reasons: refusals };
  const lane = laneOf(request, bytes, settings);
  const row = rowOf(bytes, settings);
  const size = sizeOf(row, wishes, settings);
  const spot = spotOf(wishes, settings);
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

function ceilingProblem(bytes: number, wishes: RouteRequest['wishes']): string[] {
  if (bytes <= ceilingBytes || wishes.acceptSize) return [];
  return [
    `${describeBytes(bytes)} is above the ceiling of ${describeBytes(ceilingBytes)}: ${recommendedAbove} is recommended; ` +
      'detail.compute.acceptSize: true runs it all the same',
  ];
}

/** Returns why the light lane cannot take a file whose event requests it. */
function lightProblems(request: RouteRequest, bytes: number, settings: RoutingSettings): string[] {
  const { wishes } = request;
  if (wishes.lane !== 'light' || settings.ignoresLanes) return [];
  const { lightLane } = settings;
  const problems = [
    ...(lightLane ? unreachable(request, lightLane) : ['this worker has no light lane: set LIGHT_FUNCTION']),
    ...tooLarge(request, bytes),
    ...((wishes.shards ?? 1) > 1 ? ['the light lane converts a file alone, and shards are tasks'] : []),
  ];
  return problems.map((problem) => `detail.compute.lane: light: ${problem}`);
}

function unreachable({ source, destination }: RouteRequest, { kind }: LightLane): string[] {
  if (kind !== 'lambda' || (source.kind === 's3' && destination === 's3')) return [];
  return ["a function reads and writes s3:// alone, and no files of the worker's machine"];
}

function tooLarge(request: RouteRequest, bytes: number): string[] {
  const { mostBytes, scratchBytes } = lightLimits;
  const scratch = scratchBytesOf(request);
  return [
    ...(bytes > mostBytes
      ? [`${describeBytes(bytes)} is more than the ${describeBytes(mostBytes)} that a function may be trusted with`]
      : []),
    ...(scratch > scratchBytes
      ? [`two parts take ${describeBytes(scratch)}, and a function's /tmp has ${describeBytes(scratchBytes)}`]
      : []),
  ];
}

function laneOf(
  request: RouteRequest,
  bytes: number,
  settings: RoutingSettings,
): { readonly lane: Lane; readonly reason: string } {
  const { wishes } = request;
  const fargate = (reason: string) => ({ lane: 'fargate', reason }) as const;
  if (settings.ignoresLanes) return fargate('there are no lanes here: Fargate');
  if (wishes.lane === 'light' || wishes.lane === 'fargate') {
    return { lane: wishes.lane, reason: `the event asks for the lane: ${laneNames[wishes.lane]}` };
  }
  const wish = taskRequirement(wishes);
  if (wish !== undefined) return fargate(`the event has ${wish}, which only tasks have: Fargate`);
  const { lightLane } = settings;
  if (!lightLane) return fargate('there is no light lane here: Fargate');
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
function taskRequirement(wishes: RouteRequest['wishes']): string | undefined {
  const keys = ['cpu', 'ephemeralStorageGiB', 'spot'] as const;
  // Declining Spot does not require a task.
  const key = keys.find((each) => wishes[each] !== undefined && wishes[each] !== false);
  if (key !== undefined) return `compute.${key}`;
  return (wishes.shards ?? 1) > 1 ? 'compute.shards' : undefined;
}

function rowOf(bytes: number, { lightLane }: RoutingSettings): PolicyRow {
  const rows = policyRows(lightLane?.limitBytes ?? defaultLightLimitBytes);
  return rows.find(({ upToBytes }) => bytes <= upToBytes) ?? (rows.at(-1) as PolicyRow);
}

function sizeOf(
  row: PolicyRow,
  { cpu, memory }: RouteRequest['wishes'],
  { taskSize }: RoutingSettings,
): { readonly size?: TaskSize; readonly reason: string } {
  if (cpu !== undefined && memory !== undefined) {
    const size = { cpu, memoryMiB: memory };
    return { size, reason: `the event asks for ${describeSize(size)}` };
  }
  if (taskSize === 'definition') return { reason: 'the task definition decides the size' };
  return { size: row.size, reason: `${describeSize(row.size)}: ${row.why}` };
}

function spotOf(
  { spot }: RouteRequest['wishes'],
  settings: RoutingSettings,
): { readonly spot: boolean; readonly reason: string } {
  if (spot !== undefined) return { spot, reason: `the event asks for ${spot ? 'Spot' : 'on-demand capacity'}` };
  if (settings.spot) return { spot: true, reason: 'Spot, and on demand after losses: what was finished is kept' };
  return { spot: false, reason: 'on demand: the worker is configured so' };
}

const freeStorageGiB = 20;
/** Share of its storage that a task may fill with parts. */
const storageShare = 0.8;

/** Returns the storage for two parts, if it exceeds the default. */
function storageOf(request: RouteRequest): { readonly giB?: number; readonly reasons: readonly string[] } {
  const wished = request.wishes.ephemeralStorageGiB;
  if (wished !== undefined) return { giB: wished, reasons: [`the event asks for ${wished} GiB of storage`] };
  const scratch = scratchBytesOf(request);
  const needed = Math.ceil(scratch / 2 ** 30 / storageShare);
  if (needed <= freeStorageGiB) return { reasons: [] };
  const giB = Math.min(Math.max(needed, ephemeralStorageGiB.min), ephemeralStorageGiB.max);
  return { giB, reasons: [`${giB} GiB of storage: two parts take ${describeBytes(scratch)}`] };
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
    `${describeBytes(bytes)} of ${compression} count ${factor} times, as ${describeBytes(bytes * factor)} of CSV: ` +
      'how much it is shows only when it is read',
  ];
}

function estimateOf(
  lane: Lane,
  bytes: number,
  source: SourceKind,
  policySize: TaskSize,
  { size = policySize, spot }: Compute,
  { lightLane }: RoutingSettings,
): Estimate | undefined {
  if (lane === 'fargate') return estimateRun({ bytes, size, tasks: 1, spot, source });
  return lightLane && estimateLight({ bytes, kind: lightLane.kind, memoryMiB: lightMemoryMiB, source });
}
