import type { TaskSize } from '@etl/ecs/sizes';
import { capped } from '@etl/lib/capped';
import { shownUri } from '@etl/lib/text/shownUri';
import { canonicalUri, resolveUri } from '@etl/lib/uri';
import type { Budgets } from './budgets';
import type { Dataset } from './dataset/declaration';
import { letterKey } from './deadLetters/letterKey';
import { budgets, defaultChunkRows, steps, transform } from './definition';
import type { EventDetail } from './event';
import type { BudgetName } from './failures/table';
import type { Batch } from './layout';
import type { SourceIdentity } from './manifest';
import { type Options, optionsHash } from './options';
import type { RunPrices } from './prices/table';
import { appliesSinks, sinkWarning } from './sinks/destination';
import type { Sinks } from './sinks/sink';

/** Result of validation, which every later step follows. No later step reads an environment variable or a default. */
export interface Plan {
  readonly batch: Batch;
  readonly source: SourceIdentity;
  readonly destination: string;
  readonly options: Options;
  readonly optionsHash: string;
  readonly chunkRows: number;
  readonly compute: Compute;
  readonly timings: Timings;
  readonly budgets: Budgets;
  /** Reasons for the lane, the size and the number of tasks; absent in plans of earlier versions. */
  readonly routing?: Routing;
  /** File or folder whose data this source may replace; empty: none. Absent in plans of earlier versions. */
  readonly replaces?: string;
  /** Key of the dead letter that an earlier failure of the event left. Absent in plans of earlier versions. */
  readonly letterKey?: string;
  /** Absent: each run reports its own outcome. */
  readonly notifications?: 'none';
  /** Hash of the dataset's declaration; empty: the dataset is not declared. Absent in plans of earlier versions. */
  readonly declaration?: string;
  /** Team that is responsible for the dataset. */
  readonly owner?: string;
  /** Sinks to which the commit is applied, by name; absent if there are none. */
  readonly sinks?: Sinks;
  /** Whether the run reports its lineage. */
  readonly lineage?: true;
  /**
   * Prices of this run: those of the price file, or of a run with a cost limit. Absent: the list prices of the program.
   */
  readonly prices?: RunPrices;
  /** Absent: the run has no cost limit. */
  readonly costLimit?: CostLimit;
  readonly warnings: readonly string[];
}

/** `light`: a function or a child process of the worker; `fargate`: tasks. */
export type Lane = 'light' | 'fargate';

export interface Routing {
  /** One line each, in plain words. */
  readonly reasons: readonly string[];
  readonly estimate?: Estimate;
}

/** Expected duration and cost of a run, from launch to commit. */
export interface Estimate {
  readonly tasks: number;
  readonly seconds: number;
  readonly costUsd: number;
}

/** Billed seconds of one launch, by its purpose: from the image pull to the stop. */
export interface BilledSeconds {
  /** Conversion of the file, or of one shard. A task that converts the whole file also publishes it. */
  readonly convert: number;
  readonly index: number;
  readonly commit: number;
}

/** Limit of a run's cost, with what its launches are estimated to cost. Workflows decide by these values alone. */
export interface CostLimit {
  /** US dollars: of the run, or of one shard. */
  readonly maxUsd: number;
  /** Size of a task whose size neither the plan nor an earlier launch determines. */
  readonly size: TaskSize;
  /** Estimated billed seconds of a task. */
  readonly seconds: BilledSeconds;
  /** Estimated cost of a launch in the light lane. */
  readonly lightUsd: number;
}

export interface Compute {
  /** Absent in plans of earlier versions, which only had tasks. */
  readonly lane?: Lane;
  /** Number of tasks that convert the file together; absent or 1: one task. */
  readonly shards?: number;
  /** @default the task definition's size */
  readonly size?: TaskSize;
  readonly ephemeralStorageGiB?: number;
  readonly spot: boolean;
}

export interface Timings {
  /** Timeout of one attempt, from its launch. */
  readonly timeoutSeconds: number;
  /**
   * Maximum wait of a launch for its turn and a response. Absent in plans of earlier versions, where it is part of the
   * timeout.
   */
  readonly launchQueueSeconds?: number;
  /** Part of the timeout that a task may take to start. */
  readonly startTimeoutSeconds: number;
  /** Heartbeat timeout: without a heartbeat for this long, another worker takes over the wait. */
  readonly heartbeatSeconds: number;
  /** Maximum time that held data waits for an approval; absent in plans of earlier versions. */
  readonly approvalSeconds?: number;
}

/**
 * Returns the canonical URI of the source: a key without a scheme lies below the raw base. Undefined when it cannot be
 * resolved.
 */
export function resolveSource(s3Key: string, rawBase: string | undefined): string | undefined {
  const uri = canonicalUri(s3Key);
  if (uri !== undefined) return uri;
  // Matches double schemes as well, such as jdbc:postgresql://.
  if (/^[a-z][a-z0-9+.:-]*:\/\//i.test(s3Key) || rawBase === undefined) return undefined;
  return resolveUri(rawBase, s3Key);
}

/**
 * Returns the name of a source in a run's ID, titles and messages: the canonical URI, or the shareable part of a source
 * that has none and that validation rejects.
 */
export function namedSource(s3Key: string, rawBase: string | undefined): string {
  return resolveSource(s3Key, rawBase) ?? shownUri(s3Key);
}

/** Returns the canonical URI of the destination: the declared one, else the clean base. */
export function resolveDestination(declared: string | undefined, cleanBase: string): string {
  return canonicalUri(declared ?? cleanBase) ?? cleanBase;
}

/** Returns the options of an event, which the container receives. */
export function optionsOf({ dialect, columns, quality, rejects }: Partial<EventDetail>): Options {
  return {
    ...(dialect && { dialect }),
    ...(columns && { columns }),
    ...(quality && { quality }),
    ...(rejects && { rejects }),
  };
}

const minHeartbeatSeconds = 3;
const minApprovalSeconds = 30;

/**
 * Resolves the complete plan. `timeScale` shortens the waits between launches and for a lost worker, for tests and
 * rehearsals (0.01: 60 s become 0.6 s). Timeouts are not scaled, because work does not get faster.
 */
export function makePlan(input: {
  detail: EventDetail;
  batch: Batch;
  source: SourceIdentity;
  cleanBase: string;
  timeScale: number;
  warnings: readonly string[];
  /** Declared dataset of the source, whose keys `detail` contains. */
  dataset?: Dataset | undefined;
  /** @default false */
  lineage?: boolean | undefined;
  /** How the file is converted (routing/route.ts). */
  route: { readonly compute: Compute; readonly routing: Routing };
}): Plan {
  const { detail, source, timeScale } = input;
  const options = optionsOf(detail);
  const chunkRows = detail.chunkRows ?? defaultChunkRows;
  const { timeoutSeconds, startTimeoutSeconds } = detail.compute ?? {};
  const destination = resolveDestination(detail.destination, input.cleanBase);
  const { sinks } = input.dataset?.declaration ?? {};
  const areApplied = appliesSinks(destination);
  return {
    batch: input.batch,
    source,
    destination,
    options,
    optionsHash: optionsHash(options, chunkRows),
    chunkRows,
    compute: input.route.compute,
    timings: {
      timeoutSeconds: timeoutSeconds ?? transform.timeoutSeconds,
      launchQueueSeconds: transform.launchQueueSeconds,
      startTimeoutSeconds: startTimeoutSeconds ?? transform.startTimeoutSeconds,
      heartbeatSeconds: Math.max(steps.awaitTask.heartbeatSeconds * timeScale, minHeartbeatSeconds),
      approvalSeconds: Math.max(transform.approvalSeconds * timeScale, minApprovalSeconds),
    },
    budgets: scaled(budgets, timeScale),
    routing: input.route.routing,
    replaces: detail.replaces ?? '',
    letterKey: letterKey({ ...detail, sourceUri: source.uri, destination }),
    ...(detail.notifications === 'none' && { notifications: 'none' as const }),
    declaration: input.dataset?.hash ?? '',
    ...(input.dataset?.declaration.owner && { owner: input.dataset.declaration.owner.team }),
    ...(sinks && areApplied && { sinks }),
    ...(input.lineage && { lineage: true as const }),
    warnings: capped(sinks && !areApplied ? [sinkWarning(destination), ...input.warnings] : input.warnings),
  };
}

function scaled(all: typeof budgets, timeScale: number): Budgets {
  const faster = (name: BudgetName | 'sinks') => ({
    [name]: {
      ...all[name],
      intervalSeconds: all[name].intervalSeconds * timeScale,
      maxIntervalSeconds: all[name].maxIntervalSeconds * timeScale,
    },
  });
  return {
    ...all,
    ...faster('application'),
    ...faster('infrastructure'),
    ...faster('capacity'),
    ...faster('spot'),
    ...faster('memory'),
    ...faster('sinks'),
  };
}
