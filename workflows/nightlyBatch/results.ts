import { cut } from '@etl/lib/capped';
import { jsonBytes } from '@etl/lib/json';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { shortReason } from '@etl/pipeline/batch/fileResult';
import { withResult } from '@etl/pipeline/batch/summary';
import { isCancellation, patched } from '@temporalio/workflow';
import { recordResults, withSummary } from '../activities';
import { asFailure } from '../failures';
import type { BatchState } from './state';

/** Results per page: the input of an activity must stay well below Temporal's payload limit. */
const pageSize = 200;

/** Records the result of a file. */
export function addResult(state: BatchState, result: FileResult): void {
  state.summary = withResult(state.summary, result);
  state.results.push(result);
}

/**
 * Counts an entry that was skipped because it is not a file, and adds a warning. The counts of files do not change, but
 * an operator may need to know.
 */
export function noteNotAFile(
  state: BatchState,
  { uri, reason }: { readonly uri: string; readonly reason?: string },
): void {
  const { notFiles = 0 } = state.summary;
  state.summary = { ...state.summary, notFiles: notFiles + 1 };
  warn(state, shortReason(`${uri} was skipped: ${reason}`));
}

export function warn(state: BatchState, warning: string): void {
  state.summary = { ...state.summary, warnings: [...(state.summary.warnings ?? []), cut(warning)].slice(-10) };
}

export function hasFullPage({ results }: BatchState): boolean {
  return results.length >= pageSize || (pageOf(results).length < results.length && patched(patches.bytesOfPages));
}

/** Largest page of results, in bytes of JSON. */
const maxPageBytes = 512 * 1024;

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { bytesOfPages: 'bytes-of-pages' } as const;

const sizes = new WeakMap<FileResult, number>();

/** Returns the results that fit into one page, at least one. */
function pageOf(results: readonly FileResult[]): readonly FileResult[] {
  let bytes = 0;
  const end = results.slice(0, pageSize).findIndex((result, index) => {
    const size = sizes.get(result) ?? jsonBytes(result);
    sizes.set(result, size);
    bytes += size;
    return bytes > maxPageBytes && index > 0;
  });
  return results.slice(0, end === -1 ? pageSize : end);
}

/** Writes one page. A failed write does not affect the files: the summary has a warning. */
export async function writePage(state: BatchState): Promise<void> {
  const { plan, batch } = state;
  const results = pageOf(state.results);
  if (results.length === 0) return;
  const page = state.pages + 1;
  const input = { plan, batchWorkflowId: batch.workflowId, batchRunId: batch.runId, page, results };
  try {
    const { uri } = await recordResults.executeWithOptions(withSummary(`page ${page}`), [input]);
    state.summary = { ...state.summary, results: uri };
  } catch (error) {
    // A cancelled batch writes its results when it ends.
    if (isCancellation(error)) throw error;
    const warning = `${results.length} results (page ${page}) were not stored: ${asFailure(error).message}`;
    warn(state, warning);
  }
  state.results = state.results.slice(results.length);
  state.pages = page;
}
