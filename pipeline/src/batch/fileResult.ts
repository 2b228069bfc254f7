import { cut } from '@etl/lib/capped';
import { roundUsd } from '../prices/roundUsd';
import { schemaWarningStart } from '../schemaChanges';
import type { BatchFile } from './batchFile';

/** Outcome of one file of a batch. */
export interface FileResult {
  readonly uri: string;
  readonly batchDate: string;
  readonly workflowId: string;
  readonly outcome: FileOutcome;
  /** Of a failed or invalid file. */
  readonly failureType?: string;
  readonly reason?: string;
  /** Warning of a delivered file whose schema differs from the previous one. */
  readonly schemaWarning?: string;
  readonly rowsWritten?: number;
  readonly rowsRejected?: number;
  /** Estimated cost in US dollars. */
  readonly costUsd?: number;
}

export type FileOutcome = 'delivered' | 'skipped' | 'invalid' | 'failed' | 'cancelled';

/**
 * How a pipeline ended, as its waiter observed it. `result` and `evidence` are read leniently: they may be of any
 * version.
 */
export type RunEnd =
  | { readonly status: 'completed'; readonly result: unknown }
  | { readonly status: 'failed'; readonly failureType: string; readonly reason: string; readonly evidence?: unknown }
  | { readonly status: 'cancelled' };

/** Bounds a reason's length: a payload contains several hundred results. */
const maxReasonLength = 300;

/** Our failure types are far shorter. */
const maxTypeLength = 100;

/** Returns a file's line in the results. */
export function resultOf({ uri, batchDate, workflowId }: BatchFile, end: RunEnd): FileResult {
  const file = { uri, batchDate, workflowId };
  switch (end.status) {
    case 'completed': {
      const { delivered, launches, costUsd } = (end.result ?? {}) as {
        delivered?: { totals?: Totals; warnings?: unknown };
        launches?: unknown;
        costUsd?: unknown;
      };
      const { rowsWritten, rowsRejected } = delivered?.totals ?? {};
      const schemaWarning = schemaWarningIn(delivered?.warnings);
      return {
        ...file,
        outcome: 'delivered',
        ...(typeof rowsWritten === 'number' && { rowsWritten }),
        ...(typeof rowsRejected === 'number' && { rowsRejected }),
        ...(schemaWarning !== undefined && { schemaWarning: shortReason(schemaWarning) }),
        ...(typeof costUsd === 'number' ? { costUsd } : costOf(launches)),
      };
    }
    case 'failed': {
      const { launches } = (end.evidence ?? {}) as { launches?: unknown };
      const { failureType } = end;
      const outcome = failureType === 'InvalidInput' ? 'invalid' : 'failed';
      return { ...file, outcome, failureType, reason: shortReason(end.reason), ...costOf(launches) };
    }
    case 'cancelled':
      return { ...file, outcome: 'cancelled', failureType: 'Cancelled', reason: 'its run was cancelled' };
  }
}

export function shortReason(reason: string): string {
  return cut(reason, maxReasonLength);
}

function schemaWarningIn(warnings: unknown): string | undefined {
  if (!Array.isArray(warnings)) return undefined;
  return warnings.find((warning) => typeof warning === 'string' && warning.startsWith(schemaWarningStart));
}

interface Totals {
  readonly rowsWritten?: unknown;
  readonly rowsRejected?: unknown;
}

function costOf(launches: unknown): { costUsd?: number } {
  const costs = (Array.isArray(launches) ? launches : []).flatMap((launch: { costUsd?: unknown }) =>
    typeof launch?.costUsd === 'number' ? [launch.costUsd] : [],
  );
  return costs.length === 0 ? {} : { costUsd: roundUsd(costs.reduce((sum, cost) => sum + cost, 0)) };
}

/**
 * Returns the end of a run from the cause of its failure. The names of Temporal's errors are the same in workflows and
 * clients.
 */
export function failedEnd(cause: unknown): RunEnd {
  const { name, type, message, details, timeoutType } = (cause ?? {}) as Record<string, unknown>;
  const failed = (failureType: string, reason: unknown): RunEnd => ({
    status: 'failed',
    failureType: cut(failureType, maxTypeLength),
    reason: typeof reason === 'string' && reason !== '' ? reason : 'no reason given',
  });
  switch (name) {
    case 'ApplicationFailure':
      return {
        ...(failed(typeof type === 'string' ? type : 'ServiceUnavailable', message) as RunEnd & { status: 'failed' }),
        ...(Array.isArray(details) && details.length > 0 && { evidence: details[0] }),
      };
    case 'CancelledFailure':
      return { status: 'cancelled' };
    case 'TerminatedFailure':
      return failed('Terminated', 'its run was terminated');
    case 'TimeoutFailure':
      return failed('Timeout', `its run timed out (${String(timeoutType)})`);
    default:
      return failed('ServiceUnavailable', message);
  }
}
