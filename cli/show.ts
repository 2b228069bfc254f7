import { count, describeBytes, number } from '@etl/lib/amounts';
import { joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest, Progress } from '@etl/pipeline/manifest';
import { shareRead } from '@etl/pipeline/progress';
import { countOutcomes } from '@etl/pipeline/quality/results';
import type { RunStatus } from '@etl/pipeline/runStatus';
import type { TaskReport } from '../client/taskReports';
import { etlCommand } from './hints';
import { createLine } from './output';
import { createPace, type Pace } from './pace';
import { withReports } from './progress';

/** Creates a status line of a run's progress. */
export function createStatusLine(out: NodeJS.WriteStream) {
  const pace = createPace();
  const { show, ...rest } = createLine(out);
  return {
    ...rest,
    show: (known: RunStatus, reports: readonly TaskReport[] = []): void => {
      const status = withReports(known, reports);
      const columns = out.isTTY ? (out.columns || 120) - 1 : undefined;
      show(
        describeStatus(status, { bar: out.isTTY === true, pace: status.progress && pace(status.progress), columns }),
      );
    },
  };
}

export type StatusLine = ReturnType<typeof createStatusLine>;

interface Shown {
  readonly bar: boolean;
  readonly pace?: Pace | undefined;
  /** Width of the terminal in characters. @default unlimited */
  readonly columns?: number | undefined;
}

/**
 * Formats a status as in `transform (launch 1) 42 %, 1,000,000 rows, part 3, 180 MB/s, 5 s left`, with a bar on a
 * terminal. On a narrow one, the bar shrinks and the part is left out before anything else.
 */
export function describeStatus(status: RunStatus, { bar, pace, columns = Number.POSITIVE_INFINITY }: Shown): string {
  const head = describeStep(status);
  const tail = [
    ...(status.note ? [`- ${status.note}`] : []),
    ...(status.answers ?? []).map(({ what, command }) => `- ${what}: ${command}`),
  ];
  const { progress, step } = status;
  // A task that only commits reads nothing.
  if (!progress || progress.bytesTotal === 0 || (step !== 'transform' && step !== 'shards'))
    return [head, ...tail].join(' ');
  const possible = columns < wideColumns ? layouts.filter(({ isWide }) => !isWide) : layouts;
  const lines = possible.map(({ barWidth, hasPart }) => {
    const shown = bar && barWidth > 0 ? [barOf(shareRead(progress), barWidth)] : [];
    return [head, ...shown, describeProgress(progress, pace, hasPart)].join(' ');
  });
  return [lines.find((line) => line.length <= columns) ?? lines.at(-1), ...tail].join(' ');
}

/** A narrower terminal has one layout for the whole run, where possible, so that the bar does not jump. */
const wideColumns = 100;

/** Layouts of a progress line, the widest first. */
const layouts = [
  { barWidth: 24, hasPart: true, isWide: true },
  { barWidth: 24, hasPart: false, isWide: true },
  { barWidth: 10, hasPart: false, isWide: false },
  { barWidth: 5, hasPart: false, isWide: false },
  { barWidth: 0, hasPart: false, isWide: false },
] as const;

const barOf = (share: number, width: number): string => `[${'#'.repeat(Math.round(share * width)).padEnd(width, '-')}]`;

function describeStep({ step, generation, purpose, shards }: RunStatus): string {
  const launch = generation === undefined ? '' : ` (launch ${generation})`;
  const what = purpose === undefined ? '' : ` ${purpose}`;
  const done = shards === undefined ? '' : `: ${shards.done} of ${shards.of} done`;
  return `${step}${what}${launch}${done}`;
}

function describeProgress(progress: Progress, pace: Pace | undefined, hasPart: boolean): string {
  const part = progress.part === undefined ? count(progress.parts, 'part') : `part ${progress.part}`;
  return [
    `${Math.floor(shareRead(progress) * 100)} %`,
    count(progress.rowsRead, 'row'),
    ...(hasPart ? [part] : []),
    ...(pace ? [`${(pace.bytesPerSecond / 1e6).toFixed(0)} MB/s`] : []),
    ...(pace?.secondsLeft === undefined ? [] : [`${duration(pace.secondsLeft)} left`]),
  ].join(', ');
}

/** Returns the status with the commands that answer a held run as they can be pasted here. */
export function withLocalAnswers(status: RunStatus, workflowId: string): RunStatus {
  if (!status.answers) return status;
  const answers = [
    { what: 'Approve', command: etlCommand('approve', workflowId) },
    { what: 'Refuse', command: etlCommand('approve', workflowId, '--refuse') },
  ];
  return { ...status, answers };
}

/** Formats seconds as in `45 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Describes the contents of a delivered batch in text lines. */
export function describeManifest(manifest: Manifest, place: BatchLayout): string[] {
  const { wallSeconds, rowsPerSecond, peakMemoryMiB } = manifest.resources;
  const took = `Took:   ${wallSeconds} s, ${number(rowsPerSecond)} rows/s, peak memory ${number(peakMemoryMiB)} MiB`;
  return describeContent(manifest, place, took);
}

/** Describes a batch that an earlier run delivered, with that run in place of the resources used. */
export function describeDelivered(manifest: Manifest, place: BatchLayout): string[] {
  const { runId, finishedAt } = manifest;
  const by = `By:     run ${runId}, ${finishedAt}`;
  return [
    'Already delivered: same source, same options. Nothing was launched.',
    ...describeContent(manifest, place, by),
  ];
}

function describeContent(manifest: Manifest, place: BatchLayout, origin: string): string[] {
  const { totals, parts, rejects, rejected = {}, coercions, coerced = {}, warnings } = manifest;
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected, datesCoerced } = totals;
  const reasons = Object.entries(rejected).map(([reason, times]) => `${number(times)} × ${reason}`);
  const nulls = Object.entries(coerced).map(([column, times]) => `${number(times)} ${column}`);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const names = parts.map(({ file }) => file);
  const rules = manifest.quality && countOutcomes(manifest.quality);
  return [
    `Rows:   ${number(rowsRead)} read = ${number(rowsWritten)} written + ${number(rowsBlank)} blank + ${number(rowsRejected)} rejected` +
      (datesCoerced > 0 ? ` (${count(datesCoerced, 'date')} coerced to null)` : ''),
    ...(rejects?.[0] === undefined ? [] : [`Rejects: ${reasons.join(', ')}: ${joinUri(place.internal, rejects[0])} …`]),
    ...(coercions?.[0] === undefined
      ? []
      : [`Nulls:  ${nulls.join(', ')}: ${joinUri(place.internal, coercions[0])} …`]),
    `Parts:  ${number(parts.length)}, ${describeBytes(bytes)}: ${names.length > 3 ? `${names[0]} … ${names.at(-1)}` : names.join(', ')}`,
    ...(rules ? [`Rules:  ${rules.passed} passed, ${rules.failed} failed, ${rules.notEvaluable} not evaluable`] : []),
    origin,
    `Where:  ${place.published}`,
    ...warnings.slice(0, 10).map((warning) => `Warning: ${warning}`),
  ];
}
