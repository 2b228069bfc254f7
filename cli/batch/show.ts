import { number } from '@etl/lib/amounts';
import type { BatchSummary, LeftOut, LeftOutReason } from '@etl/pipeline/batch/summary';
import { failureLines } from '@etl/pipeline/runs/failureView';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { BatchReport, ShownStatus } from './report';

const outcomes = ['delivered', 'skipped', 'invalid', 'failed', 'cancelled'] as const;

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

/** Describes the result of a batch in text lines. `failed`: the view of a batch that has failed. */
export function describeBatchReport({ summary }: Pick<BatchReport, 'summary'>, failed?: RunView): string[] {
  if (failed) return [...(summary ? describeSummary(summary) : []), ...failureLines(failed)];
  return ['Completed.', ...(summary ? [describeFiles(summary), ...describeSummary(summary)] : [])];
}

function describeFiles(summary: BatchSummary): string {
  const parts = outcomes.flatMap((outcome) => (summary[outcome] > 0 ? [`${number(summary[outcome])} ${outcome}`] : []));
  return summary.files === 0 ? 'Files:   none found' : `Files:   ${number(summary.files)} = ${parts.join(' + ')}`;
}

function describeSummary(summary: BatchSummary): string[] {
  const { dates, rowsWritten, rowsRejected, costUsd, results } = summary;
  return [
    `Days:    ${dates.from === dates.to ? dates.from : `${dates.from} to ${dates.to}`}`,
    `Rows:    ${number(rowsWritten)} written, ${number(rowsRejected)} rejected`,
    `Cost:    about $${costUsd.toFixed(4)}`,
    ...describeLeftOut(summary.leftOut ?? {}).map((text) => `Ignored: ${text}`),
    ...(results === undefined ? [] : [`Results: ${results}`]),
    ...(summary.warnings ?? []).map((warning) => `Warning: ${warning}`),
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
