import type { TaskSize } from '@etl/ecs/sizes';
import { describeBytes } from '@etl/lib/amounts';
import type { Compression } from '../csv/compression';
import type { Lane } from '../plan';

/** A row of the policy: the route of files up to a size, unless an earlier row matches. */
export interface PolicyRow {
  readonly upToBytes: number;
  /** `light` where that lane exists; otherwise, or after a launch in it was killed, a task of this size. */
  readonly lane: Lane;
  readonly size: TaskSize;
  readonly why: string;
}

/** 100 MB: decimal, as S3 and file managers write it. */
export const defaultLightLimitBytes = 100e6;

/**
 * A larger file is rejected unless the event sets `compute.acceptSize`: one task would read its stream from S3 for
 * three and a half hours, well beyond the default timeout of one hour per launch, and a failure near the end would cost
 * as long again.
 */
export const ceilingBytes = 2 ** 40;

export const recommendedAbove = 'AWS Glue or Amazon EMR';

/** Decoded bytes decide. docs/routing.md has the table. */
export const policy: readonly PolicyRow[] = [
  {
    upToBytes: defaultLightLimitBytes,
    lane: 'light',
    size: { cpu: 512, memoryMiB: 1024 },
    why: 'converts in seconds: a task takes longer to start, and is billed for at least one minute',
  },
  {
    upToBytes: 1e9,
    lane: 'fargate',
    size: { cpu: 1024, memoryMiB: 2048 },
    why: 'converts within the billed minimum of one minute; a larger task would cost more and finish no sooner',
  },
  {
    upToBytes: ceilingBytes,
    lane: 'fargate',
    size: { cpu: 2048, memoryMiB: 4096 },
    why: 'keeps up with one stream from S3; beyond that, more tasks help, but more vCPUs do not',
  },
];

/**
 * Assumed expansion of a compressed file. The files listed in docs/routing.md expand 2 to 14 times; 8 sends an
 * uncertain file to a task, where memory and time suffice.
 */
export const expansion: Readonly<Record<Compression, number>> = { none: 1, gzip: 8, zstd: 8 };

/**
 * Limits of the light lane. Sources: AWS Lambda quotas (15 min, 10,240 MB of memory, 10,240 MB of /tmp, 512 MB by
 * default). A worker's child process has the same limits, so that a file that runs on a laptop runs in AWS.
 */
export const lightLimits = {
  timeoutSeconds: 900,
  memoryMiB: 10_240,
  scratchBytes: 512e6,
  /**
   * Rule of thumb for the largest file that an event may request: half of the largest /tmp. At 8 MB/s, a tenth of what
   * one vCPU converts, it takes 625 of the 900 s.
   */
  mostBytes: 5e9,
} as const;

/** Recommended memory of a light-lane function: one whole vCPU. */
export const lightMemoryMiB = 1769;

/** Returns the rows for another light limit: 0 removes the light row. */
export function policyRows(lightLimitBytes: number): readonly PolicyRow[] {
  return policy
    .map((row) => (row.lane === 'light' ? { ...row, upToBytes: lightLimitBytes } : row))
    .filter((row, index, rows) => row.upToBytes > (rows[index - 1]?.upToBytes ?? 0));
}

/** Returns the policy as a Markdown table, for docs/routing.md. */
export function policyTable(): string {
  const head = ['Decoded size', 'Lane', 'Task', 'Why'];
  const rows = policy.map(({ upToBytes, lane, size, why }) => [
    `up to ${describeBytes(upToBytes)}`,
    lane === 'light' ? 'light, if configured' : 'Fargate',
    `${size.cpu / 1024} vCPU, ${size.memoryMiB / 1024} GiB`,
    why,
  ]);
  const above = [
    'above',
    `none: ${recommendedAbove} is recommended`,
    '',
    '`compute.acceptSize` overrides the limit and uses the row above',
  ];
  return [head, head.map(() => '---'), ...rows, above].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
