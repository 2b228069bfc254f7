import { bullets, code, type Markdown, md } from '@etl/lib/text/markdown';
import { approveCommand } from '@etl/pipeline/approval';
import type { BatchStatus } from '@etl/pipeline/batch/control';
import { batchEndTexts } from '@etl/pipeline/batch/endOfBatch';
import type { BatchSummary } from '@etl/pipeline/batch/summary';
import { missed } from '@etl/pipeline/batch/summary';
import { messageNames } from '@etl/pipeline/definition';
import { costText, type EndTexts } from '@etl/pipeline/endOfRun';
import type { FailureType } from '@etl/pipeline/failures/table';
import { defineQuery, workflowInfo } from '@temporalio/workflow';
import { nextStep, showDetails } from '../details';
import { onQuery } from '../handlers';
import type { BatchState } from './state';

export const batchStatusQuery = defineQuery<BatchStatus>(messageNames.status);

type Phase = BatchStatus['phase'];

const maxShown = 20;

/** Tracks the progress of the batch, for both the query and the current details in the Web UI. */
export function trackBatch(current: () => BatchState | undefined) {
  let phase: Phase = 'plan';
  let refusals: readonly string[] = [];
  let end: EndTexts | undefined;
  const show = (): void => showDetails(...describe(current(), { phase, refusals, end }));
  onQuery(
    batchStatusQuery,
    () => statusOf(current(), phase),
    'Progress of the batch, held files and undelivered files',
  );
  show();
  return {
    show,
    enter: (next: Phase): void => {
      phase = next;
      show();
    },
    end: (texts: EndTexts): void => {
      phase = 'done';
      end = texts;
      show();
    },
    /** Records that the request was rejected or could not be checked: no batch starts. */
    refused: (workflowId: string, failureType: FailureType, reasons: readonly string[]): void => {
      end = batchEndTexts({ workflowId, ended: 'failed', failureType });
      refusals = reasons;
      phase = 'done';
      show();
    },
  };
}

function statusOf(state: BatchState | undefined, phase: Phase): BatchStatus {
  const none = { files: 0, delivered: 0, skipped: 0, invalid: 0, failed: 0, cancelled: 0 };
  if (!state) return { phase, paused: false, maxConcurrent: 0, running: 0, held: [], counts: none, problems: [] };
  const { summary, paused, maxConcurrent, running, cursor } = state;
  const { files, delivered, skipped, invalid, failed, cancelled } = summary;
  return {
    phase,
    paused,
    maxConcurrent,
    running: running.length,
    held: running.flatMap(({ workflowId, held }) => (held === undefined ? [] : [{ workflowId, reason: held }])),
    counts: { files, delivered, skipped, invalid, failed, cancelled },
    problems: summary.problems.slice(-maxShown),
    ...(cursor && { listing: cursor.day }),
  };
}

interface Shown {
  readonly phase: Phase;
  /** Why no file was started. */
  readonly refusals: readonly string[];
  readonly end: EndTexts | undefined;
}

/** Renders the status as Markdown for the Web UI: what the batch does or how it ended, its cost, what comes next. */
function describe(state: BatchState | undefined, { phase, refusals, end }: Shown): Markdown[] {
  if (!state) {
    if (!end) return [md`**Checking the request**`];
    return [md`**${end.headline}** · no file was started`, nextStep(end.next), bullets(refusals.slice(0, maxShown))];
  }
  const { plan, running, summary } = state;
  const held = running.filter((file) => file.held !== undefined);
  const days = plan.from === plan.to ? plan.from : `${plan.from} to ${plan.to}`;
  const cost = end?.cost ?? `${costText(summary.costUsd, 0)}, so far`;
  return [
    md`**${end?.headline ?? doing(state, phase)}** · ${plan.prefix}, ${days}`,
    md`Cost: ${cost}`,
    ...(end ? [nextStep(end.next)] : [pace(state)]),
    ...heldLines(held),
    countLine(summary),
    ...problemLines(summary),
  ];
}

function doing({ cursor }: BatchState, phase: Phase): string {
  return {
    plan: 'Checking the request',
    files: cursor ? `Files of ${cursor.day}` : 'All files are listed',
    last: 'Waiting for the last files',
    end: 'Storing results and sending the notification',
    done: 'Done',
  }[phase];
}

function pace({ paused, running, maxConcurrent }: BatchState): Markdown {
  return md`${paused ? md`**paused** · ` : ''}${running.length} running, at most ${maxConcurrent}`;
}

function heldLines(held: BatchState['running']): Markdown[] {
  if (held.length === 0) return [];
  const lines = held.slice(0, maxShown).map(({ uri, held: reason = '' }) => aboutFile(uri, reason));
  const title = held.length > maxShown ? `Held, ${maxShown} of ${held.length}` : 'Held';
  const { workflowId } = workflowInfo();
  return [...list(title, lines), md`Approve all held files with ${code(approveCommand(workflowId))}`];
}

/** Prefixes a reason with its file, unless the pipeline's reason already begins with it. */
function aboutFile(uri: string, reason: string): string {
  return reason.startsWith(`${uri}: `) ? reason : `${uri}: ${reason}`;
}

/** Returns the counts as a line: the panel of the Web UI clips tables. */
function countLine({ files, rowsWritten, ...counts }: BatchSummary): Markdown {
  const kinds = ['delivered', 'skipped', 'invalid', 'failed', 'cancelled'] as const;
  const parts = kinds.flatMap((kind) => (counts[kind] > 0 ? [`${counts[kind]} ${kind}`] : []));
  return md`${files} files${parts.length > 0 ? `: ${parts.join(', ')}` : ''}; ${rowsWritten} rows written`;
}

function problemLines(summary: BatchSummary): Markdown[] {
  if (summary.problems.length === 0) return [];
  const shown = summary.problems.slice(-maxShown);
  const lines = shown.map(({ uri, failureType, reason = '' }) => {
    const why = reason.replace(`${uri}: `, '');
    return [uri, failureType, why].filter(Boolean).join(': ');
  });
  const all = missed(summary);
  return list(all > shown.length ? `Not delivered, the latest ${shown.length} of ${all}` : 'Not delivered', lines);
}

const list = (title: string, lines: readonly string[]): Markdown[] => [md`${title}:`, bullets(lines)];
