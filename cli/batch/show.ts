import { count, number } from '@etl/lib/amounts';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import type { BatchSummary, LeftOut, LeftOutReason } from '@etl/pipeline/batch/summary';
import type { BatchReport, ShownStatus } from './report';

const outcomes = ['delivered', 'skipped', 'invalid', 'failed', 'cancelled'] as const;
const maxProblems = 10;

/**
 * Formats a status as in `files: 3 running (42 % read), 12 delivered, 1 failed, listing 2026-02-08`. `read` is the
 * share read of the running files, from 0 to 1.
 */
export function describeBatchStatus(
  { phase, paused, running, held, counts, listing }: ShownStatus,
  read?: number,
): string {
  const share = read === undefined ? '' : ` (${Math.floor(100 * read)} % read)`;
  const facts = [
    ...(running ? [`${number(running)} running${share}`] : []),
    ...(held?.length ? [`${number(held.length)} held`] : []),
    ...outcomes.flatMap((outcome) => (counts?.[outcome] ? [`${number(counts[outcome])} ${outcome}`] : [])),
    ...(listing === undefined ? [] : [`listing ${listing}`]),
    ...(paused ? ['PAUSED'] : []),
  ];
  return [phase ?? 'running', ...(facts.length > 0 ? [facts.join(', ')] : [])].join(': ');
}

/** Describes the result of a batch in text lines. */
export function describeBatchReport({ status, failureType, reason, summary }: BatchReport): string[] {
  const end = status === 'COMPLETED' ? 'Completed.' : `${[status, failureType, reason].filter(Boolean).join(': ')}`;
  return [end, ...(summary ? describeSummary(summary) : [])];
}

function describeSummary(summary: BatchSummary): string[] {
  const { dates, files, rowsWritten, rowsRejected, costUsd, problems = [], results } = summary;
  const parts = outcomes.flatMap((outcome) => (summary[outcome] > 0 ? [`${number(summary[outcome])} ${outcome}`] : []));
  const more = summary.invalid + summary.failed + summary.cancelled - Math.min(problems.length, maxProblems);
  return [
    `Days:    ${dates.from === dates.to ? dates.from : `${dates.from} to ${dates.to}`}`,
    files === 0 ? 'Files:   none found' : `Files:   ${number(files)} = ${parts.join(' + ')}`,
    `Rows:    ${number(rowsWritten)} written, ${number(rowsRejected)} rejected`,
    `Cost:    about $${costUsd.toFixed(4)}`,
    ...problems.slice(0, maxProblems).map(describeProblem),
    ...(more > 0 ? [`         and ${count(more, 'more file')} that ${more === 1 ? 'was' : 'were'} not delivered`] : []),
    ...describeLeftOut(summary.leftOut ?? {}).map((text) => `Ignored: ${text}`),
    ...(results === undefined ? [] : [`Results: ${results}`]),
    ...(summary.warnings ?? []).map((warning) => `Note:    ${warning}`),
  ];
}

const leftOutLabels: Readonly<Record<LeftOutReason, string>> = {
  hidden: 'hidden (_ or .)',
  name: 'with other names',
  day: 'of other days',
};

/** Formats counts as in `12 with other names, 3 hidden (_ or .)`; returns an empty list without any. */
export function describeLeftOut(leftOut: LeftOut): string[] {
  const reasons = Object.entries(leftOut) as [LeftOutReason, number][];
  const parts = reasons.map(([reason, files]) => `${number(files)} ${leftOutLabels[reason]}`);
  return parts.length > 0 ? [parts.join(', ')] : [];
}

/** Formats a failed file. Most reasons begin with the file, which is removed here because the line names it already. */
function describeProblem({ outcome, uri, failureType, reason }: FileResult): string {
  return `${outcome}: ${[uri, failureType, reason?.replace(`${uri}: `, '')].filter(Boolean).join(': ')}`;
}
