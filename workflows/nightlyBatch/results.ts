import { cut } from '@etl/lib/capped';
import { jsonBytes } from '@etl/lib/json';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { shortReason } from '@etl/pipeline/batch/fileResult';
import { withResult } from '@etl/pipeline/batch/summary';
import { isCancellation, patched } from '@temporalio/workflow';
import { recordResults, shown } from '../activities';
import { asFailure } from '../failures';
import type { BatchState } from './state';

/** Results a page: what an activity is given has to stay far below the limit of a payload. */
const pageSize = 200;

/** Notes what became of a file. */
export function addResult(state: BatchState, result: FileResult): void {
  state.summary = withResult(state.summary, result);
  state.results.push(result);
}

/** What is skipped for not being a file is no news to a batch that counts files, but may be to an operator. */
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

/** In bytes of JSON, of a page. */
const maxPageBytes = 512 * 1024;

/** What runs that began under an earlier version do in the old way. */
const patches = { bytesOfPages: 'bytes-of-pages' } as const;

const sizes = new WeakMap<FileResult, number>();

/** As many results as a page has room for, and one at least. */
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

/** Writes one page. That it cannot be written changes nothing about the files: it is told with the summary. */
export async function writePage(state: BatchState): Promise<void> {
  const { plan, batch } = state;
  const results = pageOf(state.results);
  if (results.length === 0) return;
  const page = state.pages + 1;
  const input = { plan, batchWorkflowId: batch.workflowId, batchRunId: batch.runId, page, results };
  try {
    const { uri } = await recordResults.executeWithOptions(shown(`page ${page}`), [input]);
    state.summary = { ...state.summary, results: uri };
  } catch (error) {
    // A cancelled batch writes them at its end.
    if (isCancellation(error)) throw error;
    const warning = `${results.length} results (page ${page}) were not kept: ${asFailure(error).message}`;
    warn(state, warning);
  }
  state.results = state.results.slice(results.length);
  state.pages = page;
}
