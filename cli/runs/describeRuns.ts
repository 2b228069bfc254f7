import { count, number } from '@etl/lib/amounts';
import { describeSeconds } from '@etl/lib/durations';
import { oneLine } from '@etl/lib/oneLine';
import { nextLines } from '@etl/pipeline/runs/failureView';
import { hasFailed, type RunView } from '@etl/pipeline/runs/runView';
import type { RunList } from '../../client/runs/listRuns';
import { tableLines } from '../table';

/** Describes a list of runs in text lines: a summary, then those that need an operator, then the others. */
export function describeRuns({ runs, isLimited }: RunList, since: Date, limit: number, now = Date.now()): string[] {
  const needy = runs.filter(needsOperator);
  const others = runs.filter((view) => !needsOperator(view));
  const rows = tableLines([...needy, ...others].map((view) => rowOf(view, now)));
  return [
    summaryOf(runs, since),
    ...needy.flatMap((view, index) => [rows[index] ?? '', ...causeOf(view).map((line) => `  ${line}`)]),
    ...rows.slice(needy.length),
    ...(isLimited ? [`There may be more runs: --limit is ${limit}.`] : []),
  ];
}

const needsOperator = (view: RunView): boolean => hasFailed(view) || view.outcome === 'held';

/** Returns `5 runs open or ended since 2026-02-08T21:00:00Z: 1 failed, 1 held, 3 delivered; $0.0412`. */
function summaryOf(runs: readonly RunView[], since: Date): string {
  const kinds = Object.entries(words).flatMap(([outcome, word]) => {
    const times = runs.filter((view) => view.outcome === outcome).length;
    return times > 0 ? [`${number(times)} ${word}`] : [];
  });
  // The cost of a batch is that of its files.
  const costs = runs.flatMap(({ kind, costUsd }) => (kind === 'file' && costUsd !== undefined ? [costUsd] : []));
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

function rowOf(view: RunView, now: number): string[] {
  const { outcome, failureType, workflowId, step, launch, startedAt, endedAt, costUsd, progress } = view;
  const ended = endedAt === undefined ? now : Date.parse(endedAt);
  const isOpen = outcome === 'running' || outcome === 'held';
  const share =
    progress && progress.bytesTotal > 0 ? `${Math.floor((100 * progress.bytesRead) / progress.bytesTotal)} %` : '';
  return [
    words[outcome].toUpperCase(),
    outcome === 'failed' || outcome === 'running' ? (failureType ?? '') : '',
    workflowId,
    isOpen || outcome === 'failed'
      ? [step, launch === undefined ? '' : `launch ${launch}`].filter(Boolean).join(' ')
      : '',
    share,
    startedAt.slice(0, 16).replace('T', ' '),
    describeSeconds(Math.max(0, ended - Date.parse(startedAt)) / 1000),
    costUsd === undefined ? '' : `$${costUsd.toFixed(4)}`,
  ];
}

function causeOf({ reason, next }: RunView): string[] {
  return [...(reason ? [`Reason    ${oneLine(reason, '; ')}`] : []), ...nextLines(next)];
}
