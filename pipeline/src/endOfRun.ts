import { count } from '@etl/lib/amounts';
import { npxCommand } from './command';
import type { FailureType } from './failures/table';
import type { Batch } from './layout';
import { nothing, titleOf } from './runs/common';
import { nextOf } from './runs/next';
import type { RunView } from './runs/runView';

/** Facts of a pipeline run that has ended, for its texts in the Web UI and in its memo. */
export interface EndOfRun {
  readonly workflowId: string;
  readonly batch: Partial<Batch>;
  readonly event?: unknown;
  /** Absent for a run that delivered. */
  readonly failureType?: FailureType;
  readonly reason?: string;
  readonly rowsWritten?: number;
  /** The source was delivered before, so nothing was launched. */
  readonly alreadyDelivered?: boolean;
  /** Absent when no launch has a separate cost. */
  readonly costUsd?: number | undefined;
  readonly launches: number;
}

/** What an operator reads first, in this order. */
export interface EndTexts {
  /** The failure type, or `Delivered 30 rows`. */
  readonly headline: string;
  readonly cost: string;
  readonly next: NextStep;
}

/** What an operator does next. */
export interface NextStep {
  readonly text: string;
  /** Command that follows the text. */
  readonly command?: string;
}

/** Returns the texts of the end of a run. */
export function endTexts(end: EndOfRun): EndTexts {
  return { headline: headlineOf(end), cost: costText(end.costUsd, end.launches), next: nextStepOf(end) };
}

function headlineOf({ failureType, alreadyDelivered, rowsWritten }: EndOfRun): string {
  if (failureType !== undefined) return failureType;
  if (alreadyDelivered) return 'Already delivered';
  return rowsWritten === undefined ? 'Delivered' : `Delivered ${count(rowsWritten, 'row')}`;
}

/** Returns `$0.0012, estimated`. `launches`: how many there were. */
export function costText(costUsd: number | undefined, launches: number): string {
  if (costUsd !== undefined) return `$${costUsd.toFixed(4)}, estimated`;
  return launches > 0 ? 'none besides the worker, which converted the file' : 'none, nothing was launched';
}

/** Longest command in a memo or a message, in characters: an event may declare hundreds of columns. */
const maxCommand = 600;

function nextStepOf({ failureType, ...end }: EndOfRun): NextStep {
  return failureType === undefined ? { text: 'nothing to do' } : remedyOf({ ...end, failureType, kind: 'file' });
}

/** Returns what an operator does after a failure. */
export function remedyOf(
  failed: Pick<EndOfRun, 'workflowId' | 'batch' | 'event' | 'reason'> & {
    readonly failureType: FailureType;
    readonly kind: 'file' | 'batch';
    /** Files of a batch by outcome, if they are known. */
    readonly files?: RunView['files'];
  },
): NextStep {
  const { workflowId, batch, event, failureType, reason, kind, files } = failed;
  const outcome = failureType === 'Cancelled' ? ('cancelled' as const) : ('failed' as const);
  const ids = { workflowId, runId: '', startedAt: '', batch, title: titleOf(batch, workflowId) };
  const known = { ...(reason !== undefined && { reason }), ...(files && { files }) };
  const view = { ...nothing, ...ids, kind, outcome, failureType, ...known };
  const next = nextOf(view, { input: event });
  if (next?.kind !== 'command') return { text: 'Check the reason' };
  if (next.command.length <= maxCommand) return { text: next.why, command: next.command };
  return { text: `${next.why}. For the command, which is long, see`, command: npxCommand('watch', workflowId) };
}

/** Returns the texts in one line, for the summary of an event. */
export function endLine({ headline, cost, next }: EndTexts): string {
  return `${headline}; cost: ${cost}; next: ${nextLine(next)}`;
}

/** Returns the next step in one line: `Put the file at the location named in the reason, then: npx etl retry …`. */
export function nextLine({ text, command }: NextStep): string {
  return command === undefined ? text : `${text}, then: ${command}`;
}
