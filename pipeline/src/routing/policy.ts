import type { TaskSize } from '@etl/ecs/sizes';
import type { Compression } from '../csv/compression';
import type { Lane } from '../plan';
import { describeBytes } from './describe';

/** A row of the policy: what is done with files of up to so many bytes that no earlier row has taken. */
export interface PolicyRow {
  readonly upToBytes: number;
  /** `light` where there is such a lane; a task of this size where there is none, or a launch in it has been killed. */
  readonly lane: Lane;
  readonly size: TaskSize;
  readonly why: string;
}

/** 100 MB: decimal, as S3 and file managers write it. */
export const defaultLightLimitBytes = 100e6;

/**
 * Above this a file is refused unless the event says `compute.acceptSize`: one task would take its stream from S3 for three and a
 * half hours, well beyond the hour that a launch has by default, and what failed near its end costs as long again.
 */
export const ceilingBytes = 2 ** 40;

export const recommendedAbove = 'AWS Glue or Amazon EMR';

/** Decoded bytes decide. docs/routing.md has the table. */
export const policy: readonly PolicyRow[] = [
  {
    upToBytes: defaultLightLimitBytes,
    lane: 'light',
    size: { cpu: 512, memoryMiB: 1024 },
    why: 'seconds of work: a task takes longer to start, and is paid for a minute at least',
  },
  {
    upToBytes: 1e9,
    lane: 'fargate',
    size: { cpu: 1024, memoryMiB: 2048 },
    why: 'done within the minute that is paid in any case; a larger task would cost more and be no sooner there',
  },
  {
    upToBytes: ceilingBytes,
    lane: 'fargate',
    size: { cpu: 2048, memoryMiB: 4096 },
    why: 'keeps up with what one stream from S3 brings; beyond that more tasks help, and not more processors',
  },
];

/**
 * What a byte of a compressed file is taken for. The files that docs/routing.md names have 2 to 14; 8 sends a file that is hard to
 * tell to a task, where memory and time are no question.
 */
export const expansion: Readonly<Record<Compression, number>> = { none: 1, gzip: 8, zstd: 8 };

/**
 * Of the light lane. Sources: AWS Lambda quotas (15 min, 10,240 MB of memory, 10,240 MB of /tmp, 512 MB unless asked for). A
 * process beside a worker has the same, so that a file that runs on a laptop runs in AWS.
 */
export const lightLimits = {
  timeoutSeconds: 900,
  memoryMiB: 10_240,
  scratchBytes: 512e6,
  /**
   * Rule of thumb for what an event may ask for: half of the largest /tmp. At 8 MB/s, a tenth of what one vCPU converts, it takes
   * 625 of the 900 s.
   */
  mostBytes: 5e9,
} as const;

/** What a function of the light lane is to be given: one whole vCPU. */
export const lightMemoryMiB = 1769;

/** The rows for a light limit that is set otherwise: at 0 there is no light row. */
export function policyRows(lightLimitBytes: number): readonly PolicyRow[] {
  return policy
    .map((row) => (row.lane === 'light' ? { ...row, upToBytes: lightLimitBytes } : row))
    .filter((row, index, rows) => row.upToBytes > (rows[index - 1]?.upToBytes ?? 0));
}

/** The policy as a Markdown table, for docs/routing.md. */
export function policyTable(): string {
  const head = ['Decoded size', 'Lane', 'Task', 'Why'];
  const rows = policy.map(({ upToBytes, lane, size, why }) => [
    `up to ${describeBytes(upToBytes)}`,
    lane === 'light' ? 'light, where there is one' : 'Fargate',
    `${size.cpu / 1024} vCPU, ${size.memoryMiB / 1024} GiB`,
    why,
  ]);
  const above = [
    'above',
    `none: ${recommendedAbove} is recommended`,
    '',
    '`compute.acceptSize` runs it all the same, as the row before',
  ];
  return [head, head.map(() => '---'), ...rows, above].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
