import { count } from '@etl/lib/amounts';
import { oneLine } from '@etl/lib/oneLine';
import { missed } from '../batch/summary';
import { describeLaunch, type Launch } from '../launches';
import { describeFiles } from './deliveredView';
import { costLines, describeSink, indent, line, many, runLine } from './lines';
import type { Next, RunOutcome, RunView } from './runView';

/** Log lines that the view shows, the latest ones. */
const maxLogLines = 10;
const maxReasons = 10;
const maxLaunches = 5;

const headlines: Readonly<Record<RunOutcome, string>> = {
  running: 'RUNNING',
  held: 'HELD',
  delivered: 'DELIVERED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
  terminated: 'TERMINATED',
  timedOut: 'TIMED OUT',
};

/** Failure types that only repeat the outcome. */
const repeated: ReadonlySet<string> = new Set(['Held', 'Cancelled', 'Terminated', 'TimedOut']);

/** Returns `FAILED: OutOfMemory: ventas 2026-02-08 norte`: the failure type first. */
export function headlineOf({ outcome, failureType, title }: RunView): string {
  const isNews = failureType !== undefined && !(outcome !== 'failed' && repeated.has(failureType));
  return [headlines[outcome], ...(isNews ? [failureType] : []), title].join(': ');
}

/**
 * Returns the view of a run that failed, is held, or is being retried, as text lines: what failed, where, why, and what
 * comes next. Every message of this kind uses it.
 */
export function failureLines(view: RunView): string[] {
  const { reason, reasons, stopReason, exitCode, taskArn, console, logTail, launches } = view;
  const { hasDeadLetter, sinks, files, problems } = view;
  const step = stepLine(view);
  const isStopNews = stopReason !== undefined && !reason?.includes(stopReason);
  const shown = launches.slice(-maxLaunches);
  return [
    headlineOf(view),
    ...(step === undefined ? [] : [line('Step', step)]),
    ...(reasons.length > 1
      ? listed('Reason', reasons, maxReasons)
      : reason
        ? [line('Reason', oneLine(reason, '; '))]
        : []),
    ...(isStopNews ? [line('Stopped', stopReason)] : []),
    ...(exitCode === undefined || reason?.includes(`exit code ${exitCode}`) ? [] : [line('Exit', String(exitCode))]),
    ...(taskArn === undefined ? [] : [line('Task', console ?? taskArn)]),
    ...many('Log', logTail.slice(-maxLogLines)),
    ...many('Launches', [
      ...(launches.length > shown.length ? [`${launches.length - shown.length} earlier`] : []),
      ...shown.map((launch) => describeLaunch(withoutReason(launch, reason))),
    ]),
    ...many(
      'Sinks',
      sinks.map(describeSink).filter((text) => !reason?.includes(text)),
    ),
    ...(files ? [line('Files', describeFiles(files))] : []),
    ...problems.flatMap((file) => briefFailureLines(file).map((text) => `  ${text}`)),
    ...moreProblems(view),
    ...costLines(view),
    ...(hasDeadLetter ? [line('Event', 'in the dead-letter queue')] : []),
    runLine(view),
    ...nextLines(view.next),
  ];
}

/** Returns the same in three lines, for a list of failed files. */
export function briefFailureLines(view: RunView): string[] {
  const { file, reason, title } = view;
  return [
    headlineOf({ ...view, title: file ?? title }),
    ...(reason ? [line('Reason', oneLine(reason.replace(`${file}: `, ''), '; '))] : []),
    ...nextLines(view.next),
  ];
}

/** Returns the step with its launch, shards and attempt: `transform, launch 2, attempt 3`. */
export function stepLine({ step, launch, attempt, shards }: RunView): string | undefined {
  const facts = [
    step,
    launch === undefined ? undefined : `launch ${launch}`,
    shards && `${shards.done} of ${shards.of} tasks done`,
    attempt === undefined ? undefined : `attempt ${attempt}`,
  ].filter(Boolean);
  return facts.length === 0 ? undefined : facts.join(', ');
}

export function nextLines(next: Next | undefined): string[] {
  switch (next?.kind) {
    case undefined:
      return [];
    case 'retry':
      return [line('Next', next.at === undefined ? 'retries automatically' : `retries automatically at ${next.at}`)];
    case 'wait':
      return [line('Next', `waits for ${next.for}`)];
    case 'command':
      return [line('Next', `${next.why}. Then:`), `${' '.repeat(indent)}${next.command}`];
  }
}

function listed(label: string, lines: readonly string[], max: number): string[] {
  const more = lines.length - max;
  return many(label, [...lines.slice(0, max), ...(more > 0 ? [`… and ${more} more`] : [])]);
}

function moreProblems({ files = {}, problems }: RunView): string[] {
  const more = missed(files) - problems.length;
  if (more <= 0) return [];
  return [`  … and ${count(more, 'more file')} that ${more === 1 ? 'was' : 'were'} not delivered`];
}

/** Returns the launch without a reason that the view has shown. */
function withoutReason({ reason, ...launch }: Launch, shown: string | undefined): Launch {
  return reason === undefined || shown?.includes(reason) ? launch : { ...launch, reason };
}
