import { jsonBytes } from '@etl/lib/json';
import { roundUsd } from '../prices/roundUsd';
import { schemaWarningStart } from '../schemaChanges';
import type { FileResult } from './fileResult';

/**
 * `hidden`: a name begins with `_` or `.`; `name`: `match` excludes it; `day`: its key contains a day that was not
 * requested.
 */
export type LeftOutReason = 'hidden' | 'name' | 'day';

/** Number of listed entries that are not files of the batch, by reason. */
export type LeftOut = Readonly<Partial<Record<LeftOutReason, number>>>;

/** Returns the sum of both. */
export function addLeftOut(one: LeftOut, other: LeftOut): LeftOut {
  const sum: Partial<Record<LeftOutReason, number>> = { ...one };
  for (const [reason, count] of Object.entries(other) as [LeftOutReason, number][]) {
    sum[reason] = (sum[reason] ?? 0) + count;
  }
  return sum;
}

/** Result of a batch. */
export interface BatchSummary {
  readonly dates: { readonly from: string; readonly to: string };
  readonly files: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly invalid: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly rowsWritten: number;
  readonly rowsRejected: number;
  readonly costUsd: number;
  /** Some of the files that were not delivered, with reasons; `results` has all of them. */
  readonly problems: readonly FileResult[];
  /** Folder with every file's result, in JSON lines. Absent for a batch without files. */
  readonly results?: string;
  /** Skipped entries that are not files, such as links to folders. Absent: none. */
  readonly notFiles?: number;
  /** Entries that the listing passed over on purpose, by reason. Absent: none. */
  readonly leftOut?: LeftOut;
  /** Further facts: results that could not be stored, and some of the files whose schema changed. */
  readonly warnings?: readonly string[];
}

/** Maximum number of problems stored in the batch itself; all of them are in the results. */
export const maxProblems = 100;

/** Maximum number of changed schemas shown with the batch; all of them are in the results. */
const maxSchemaWarnings = 5;

/** Maximum size of all stored problems, in bytes of JSON: a run of a batch passes them to the next one. */
const maxProblemBytes = 256 * 1024;

function hasRoom(problems: readonly FileResult[], result: FileResult): boolean {
  return problems.length < maxProblems && jsonBytes([...problems, result]) <= maxProblemBytes;
}

/** Returns the summary of a batch before its first file. */
export function emptySummary({ from, to }: { readonly from: string; readonly to: string }): BatchSummary {
  const counts = { files: 0, delivered: 0, skipped: 0, invalid: 0, failed: 0, cancelled: 0 };
  return { dates: { from, to }, ...counts, rowsWritten: 0, rowsRejected: 0, costUsd: 0, problems: [] };
}

/** Returns the summary with one more file. */
export function withResult(summary: BatchSummary, result: FileResult): BatchSummary {
  const { outcome, rowsWritten = 0, rowsRejected = 0, costUsd = 0 } = result;
  const warnings = withSchemaWarning(summary.warnings ?? [], result);
  const isProblem = outcome !== 'delivered' && outcome !== 'skipped' && hasRoom(summary.problems, result);
  return {
    ...summary,
    files: summary.files + 1,
    [outcome]: summary[outcome] + 1,
    rowsWritten: summary.rowsWritten + rowsWritten,
    rowsRejected: summary.rowsRejected + rowsRejected,
    costUsd: roundUsd(summary.costUsd + costUsd),
    ...(isProblem && { problems: [...summary.problems, result] }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function withSchemaWarning(warnings: readonly string[], { uri, schemaWarning }: FileResult): readonly string[] {
  const shown = warnings.filter((warning) => warning.includes(schemaWarningStart)).length;
  return schemaWarning === undefined || shown >= maxSchemaWarnings
    ? warnings
    : [...warnings, `${uri}: ${schemaWarning}`];
}

/** Returns the summary without a problem whose file is tried again. The cost of the first attempt stays. */
export function withoutProblem(summary: BatchSummary, problem: FileResult): BatchSummary {
  return {
    ...summary,
    files: summary.files - 1,
    [problem.outcome]: summary[problem.outcome] - 1,
    problems: summary.problems.filter((each) => each !== problem),
  };
}

/** Returns the number of files found, whatever their outcome. */
export function filesFound({ files, notFiles = 0 }: Pick<BatchSummary, 'files' | 'notFiles'>): number {
  return files - notFiles;
}

type MissedCounts = Partial<Pick<BatchSummary, 'invalid' | 'failed' | 'cancelled'>>;

/** Returns the number of files that should have been delivered and were not. */
export function missed({ invalid = 0, failed = 0, cancelled = 0 }: MissedCounts): number {
  return invalid + failed + cancelled;
}
