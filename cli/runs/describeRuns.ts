import { count, number } from '@etl/lib/amounts';
import { describeSeconds } from '@etl/lib/durations';
import { oneLine } from '@etl/lib/oneLine';
import { shareRead } from '@etl/pipeline/progress';
import { nextLines } from '@etl/pipeline/runs/failureView';
import { hasFailed, type RunView } from '@etl/pipeline/runs/runView';
import type { RunList } from '../../client/runs/listRuns';
import { tableLines } from '../table';

interface Shown {
  readonly since: Date;
  readonly limit: number;
  /** Width of the terminal in characters. @default unlimited */
  readonly columns?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Describes a list of runs in text lines: a summary, then those that need an operator, then the others. */
export function describeRuns({ runs, earlier, isLimited }: RunList, { since, limit, columns, now }: Shown): string[] {
  const needy = runs.filter(needsOperator);
  const others = runs.filter((view) => !needsOperator(view));
  const rows = fitted(
    [...needy, ...others].map((view) => rowOf(view, now)),
    columns,
  );
  return [
    summaryOf(runs, earlier, since),
    ...[...needy, ...others].flatMap((view, index) => [rows[index] ?? '', ...causeOf(view).map((line) => `  ${line}`)]),
    ...(earlier.length > 0
      ? [`Not shown: ${count(earlier.length, 'failed run')} that newer runs of the same batch followed`]
      : []),
    ...(isLimited ? [`There may be more runs: --limit is ${limit}.`] : []),
  ];
}

const needsOperator = (view: RunView): boolean => hasFailed(view) || view.outcome === 'held';

/** Returns `5 runs open or ended since 2026-02-08T21:00:00Z: 1 failed, 1 held, 3 delivered; $0.0412`. */
function summaryOf(runs: readonly RunView[], earlier: readonly RunView[], since: Date): string {
  const kinds = Object.entries(words).flatMap(([outcome, word]) => {
    const times = runs.filter((view) => view.outcome === outcome).length;
    return times > 0 ? [`${number(times)} ${word}`] : [];
  });
  // The cost of a batch is that of its files.
  const costs = [...runs, ...earlier].flatMap(({ kind, costUsd }) =>
    kind === 'file' && costUsd !== undefined ? [costUsd] : [],
  );
  const cost = costs.length > 0 ? `; $${costs.reduce((sum, each) => sum + each, 0).toFixed(4)}` : '';
  const what = `${count(runs.length, 'run')} open or ended since ${since.toISOString().replace(/\.\d+/, '')}`;
  return `${what}${kinds.length > 0 ? `: ${kinds.join(', ')}` : ''}${cost}`;
}

const words: Readonly<Record<RunView['outcome'], string>> = {
  failed: 'failed',
  timedOut: 'timed out',
  terminated: 'terminated',
  cancelled: 'cancelled',
  held: 'held',
  running: 'running',
  delivered: 'delivered',
};

/** Cells of a row. A narrow terminal shows only some of them. */
function rowOf(view: RunView, now: number): Readonly<Record<Column, string>> {
  const { outcome, failureType, workflowId, step, launch, startedAt, endedAt, costUsd, progress, rows } = view;
  const ended = endedAt === undefined ? now : Date.parse(endedAt);
  const isStep = outcome === 'running' || outcome === 'held' || outcome === 'failed';
  return {
    outcome: words[outcome].toUpperCase(),
    failure: outcome === 'failed' || outcome === 'running' ? (failureType ?? '') : '',
    run: workflowId,
    step: isStep ? [step, launch === undefined ? '' : `launch ${launch}`].filter(Boolean).join(' ') : '',
    rows: outcome === 'delivered' && rows ? count(rows.written, 'row') : '',
    read: progress && progress.bytesTotal > 0 ? `${Math.floor(100 * shareRead(progress))} %` : '',
    started: startedAt.slice(0, 16).replace('T', ' '),
    took: describeSeconds(Math.max(0, ended - Date.parse(startedAt)) / 1000),
    cost: costUsd === undefined ? '' : `$${costUsd.toFixed(4)}`,
  };
}

const columnOrder = ['outcome', 'failure', 'run', 'step', 'rows', 'read', 'started', 'took', 'cost'] as const;
type Column = (typeof columnOrder)[number];
/** Columns that a narrow terminal leaves out, the first one first. */
const dispensable: readonly Column[] = ['step', 'started', 'cost', 'read', 'took', 'rows'];

/** Returns the rows as lines with as many columns as fit. */
function fitted(rows: readonly Readonly<Record<Column, string>>[], columns = Number.POSITIVE_INFINITY): string[] {
  for (let dropped = 0; ; dropped++) {
    const left = dispensable.slice(0, dropped);
    const shown = columnOrder.filter((name) => !left.includes(name) && rows.some((row) => row[name] !== ''));
    const lines = tableLines(rows.map((row) => shown.map((name) => row[name])));
    if (dropped === dispensable.length || lines.every((line) => line.length <= columns)) return lines;
  }
}

/** Returns why a run needs an operator, or is being retried, and what comes next. */
function causeOf(view: RunView): string[] {
  const { outcome, failureType, reason, next } = view;
  if (outcome === 'delivered' || (outcome === 'running' && failureType === undefined)) return [];
  return [...(reason ? [`Reason    ${oneLine(reason, '; ')}`] : []), ...nextLines(next)];
}
