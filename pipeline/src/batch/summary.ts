import { jsonBytes } from '@etl/lib/json';
import { schemaWarningStart } from '../schemaChanges';
import type { FileResult } from './fileResult';
import { roundUsd } from './fileResult';

/** `hidden`: a name begins with `_` or `.`; `name`: `match` does not want it; `day`: its key carries a day that was not asked. */
export type LeftOutReason = 'hidden' | 'name' | 'day';

/** How many entries of a listing are not files of the batch, by the reason. */
export type LeftOut = Readonly<Partial<Record<LeftOutReason, number>>>;

/** The sum of both. */
export function addLeftOut(one: LeftOut, other: LeftOut): LeftOut {
  const sum: Partial<Record<LeftOutReason, number>> = { ...one };
  for (const [reason, count] of Object.entries(other) as [LeftOutReason, number][]) {
    sum[reason] = (sum[reason] ?? 0) + count;
  }
  return sum;
}

/** What a batch ends with. */
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
  /** Some of the files that were not delivered, with reasons; all of them are in `results`. */
  readonly problems: readonly FileResult[];
  /** The folder in which every file's result lies, in JSON lines. Absent for a batch without files. */
  readonly results?: string;
  /** Of the skipped: what is not a file, such as links to folders. Absent: none. */
  readonly notFiles?: number;
  /** Entries that the listing passed over on purpose, by the reason. Absent: none. */
  readonly leftOut?: LeftOut;
  /** What else there is to know: results that could not be kept, and some of the files whose schema has changed. */
  readonly warnings?: readonly string[];
}

/** So many problems are kept with the batch itself; all of them are in the results. */
export const maxProblems = 100;

/** So many changed schemas are shown with the batch; all of them are in the results. */
const maxSchemaWarnings = 5;

/** In bytes of JSON, of all problems that are kept: they are part of what a run of a batch hands over to the next one. */
const maxProblemBytes = 256 * 1024;

function hasRoom(problems: readonly FileResult[], result: FileResult): boolean {
  return problems.length < maxProblems && jsonBytes([...problems, result]) <= maxProblemBytes;
}

/** The summary of a batch before its first file. */
export function emptySummary({ from, to }: { readonly from: string; readonly to: string }): BatchSummary {
  const counts = { files: 0, delivered: 0, skipped: 0, invalid: 0, failed: 0, cancelled: 0 };
  return { dates: { from, to }, ...counts, rowsWritten: 0, rowsRejected: 0, costUsd: 0, problems: [] };
}

/** The summary with one more file. */
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

/** The summary without one of its problems, whose file is tried again. What the first try cost stays. */
export function withoutProblem(summary: BatchSummary, problem: FileResult): BatchSummary {
  return {
    ...summary,
    files: summary.files - 1,
    [problem.outcome]: summary[problem.outcome] - 1,
    problems: summary.problems.filter((each) => each !== problem),
  };
}

/** Files that were found, whatever became of them. */
export function filesFound({ files, notFiles = 0 }: Pick<BatchSummary, 'files' | 'notFiles'>): number {
  return files - notFiles;
}

/** Files that were not delivered and should have been. */
export function missed({ invalid, failed, cancelled }: BatchSummary): number {
  return invalid + failed + cancelled;
}
