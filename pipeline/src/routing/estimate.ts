import type { TaskSize } from '@etl/ecs/sizes';
import type { BilledSeconds, Estimate } from '../plan';
import { roundUsd } from '../prices/roundUsd';
import { listPrices, type RunPrices } from '../prices/table';
import { lambdaUsd, taskCostUsd } from '../prices/tasks';

/**
 * Bytes of CSV that one vCPU converts per second. Measured (docs/benchmarks.md): 10.33 GB in 120.9 s of CPU time (85
 * MB/s), 1.03 GB in 13.3 s (77 MB/s); 80 lies between.
 */
export const bytesPerVcpuSecond = 80e6;

/**
 * Bytes per second of one stream from S3, whatever the task's size. Not measured here. Source: Amazon S3 User Guide,
 * "Performance design patterns": one request for each 85-90 MB/s.
 */
export const bytesPerStreamSecond = 85e6;

/**
 * Bytes per second of the scan that finds where the chunks begin. On a file system it was measured at 1.2 GB/s, and
 * half of that is used. On S3 it reads six ranges in parallel; a throughput of four streams is assumed, not measured.
 */
export const indexBytesPerSecond = { s3: 4 * bytesPerStreamSecond, file: 600e6 } as const;

/**
 * Time from RunTask to the first line of the program: placement, network interface, image pull. Assumed, not measured.
 */
export const taskStartSeconds = 40;

/** Billed part of the start, from the image pull on. Assumed, not measured. */
export const paidStartSeconds = 15;

/** Commit and projection: copies within S3, which move no bytes through the task. Assumed, not measured. */
export const publishSeconds = 5;

/** Memory of a function with one vCPU. Source: AWS Lambda Developer Guide, "Configure Lambda function memory". */
export const lambdaMiBPerVcpu = 1769;

/** Cold start of a function, until its first line. Assumed, not measured. */
export const lambdaStartSeconds = 2;

export type SourceKind = 's3' | 'file';

export interface RunShape {
  /** Decoded bytes: the size of a compressed file after decompression. */
  readonly bytes: number;
  readonly size: TaskSize;
  /**
   * 1, or the number of tasks that convert the file together, with one more before them for the index and one after
   * them for the commit.
   */
  readonly tasks: number;
  readonly spot: boolean;
  /** @default 's3' */
  readonly source?: SourceKind;
  /** @default the list prices */
  readonly prices?: RunPrices;
}

/**
 * Returns the bytes per second that a task or a function with this many vCPUs converts, limited by its processors or by
 * one stream.
 */
export function bytesPerSecond(vcpus: number, source: SourceKind = 's3'): number {
  return Math.min(vcpus * bytesPerVcpuSecond, source === 's3' ? bytesPerStreamSecond : Number.POSITIVE_INFINITY);
}

/** Returns the billed seconds of the launches of a run. */
export function billedSeconds({ bytes, size, tasks, source = 's3' }: Omit<RunShape, 'spot' | 'prices'>): BilledSeconds {
  const converting = bytes / tasks / bytesPerSecond(size.cpu / 1024, source);
  return {
    convert: paidStartSeconds + converting + (tasks === 1 ? publishSeconds : 0),
    index: paidStartSeconds + bytes / indexBytesPerSecond[source],
    commit: paidStartSeconds + publishSeconds,
  };
}

/**
 * Returns the expected duration and cost of a run, from its first launch to its commit, in seconds and US dollars,
 * without failures.
 */
export function estimateRun(shape: RunShape): Estimate {
  const { size, tasks, spot, prices = listPrices } = shape;
  const { convert, index, commit } = billedSeconds(shape);
  const stages =
    tasks === 1
      ? [{ launches: 1, seconds: convert }]
      : [
          { launches: 1, seconds: index },
          { launches: tasks, seconds: convert },
          { launches: 1, seconds: commit },
        ];
  const sum = (of: (stage: (typeof stages)[number]) => number) => stages.reduce((total, stage) => total + of(stage), 0);
  return {
    tasks,
    seconds: rounded(
      sum(({ seconds }) => taskStartSeconds + seconds - paidStartSeconds),
      1,
    ),
    costUsd: roundUsd(sum(({ launches, seconds }) => launches * taskCostUsd({ size, spot, seconds }, prices))),
  };
}

/**
 * Returns the same for a conversion in a function with this much memory; a worker's child process has no cost of its
 * own.
 */
export function estimateLight(shape: {
  readonly bytes: number;
  readonly kind: 'lambda' | 'process';
  readonly memoryMiB: number;
  readonly source?: SourceKind;
  /** @default the list prices */
  readonly prices?: RunPrices;
}): Estimate {
  const { bytes, kind, memoryMiB, source = 's3', prices = listPrices } = shape;
  const vcpus = kind === 'lambda' ? memoryMiB / lambdaMiBPerVcpu : 1;
  const working = bytes / bytesPerSecond(vcpus, source) + publishSeconds;
  const seconds = working + (kind === 'lambda' ? lambdaStartSeconds : 0);
  return {
    tasks: 0,
    seconds: rounded(seconds, 1),
    costUsd: kind === 'lambda' ? roundUsd(lambdaUsd({ seconds, memoryMiB }, prices)) : 0,
  };
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
