import { baseName } from '@etl/lib/uri';
import { nextListing } from '@etl/pipeline/batch/dayFiles';
import { addLeftOut, type LeftOut } from '@etl/pipeline/batch/summary';
import { workflowId } from '@etl/pipeline/layout';
import type { FoundFile } from '../../activities/contract';
import { listFiles, withSummary } from '../activities';
import type { BatchState, Cursor } from './state';

/** Files per page. */
const pageSize = 200;

/** Returns the files of a batch page by page. The state's cursor points after the last file that was taken. */
export function createFiles(state: BatchState) {
  let page: readonly FoundFile[] = [];
  let day = state.cursor?.day ?? '';
  let behindPage: Cursor | undefined = state.cursor;
  let behindFiles: LeftOut | undefined;

  /**
   * Counts entries that were left out, together with the cursor: entries after the cursor are counted when they are
   * listed again.
   */
  const count = (leftOut: LeftOut | undefined): void => {
    if (leftOut) state.summary = { ...state.summary, leftOut: addLeftOut(state.summary.leftOut ?? {}, leftOut) };
  };

  return {
    hasPage: (): boolean => page.length > 0,
    /** Fetches the next page of the listing. Does nothing after the last page. */
    fetch: async (): Promise<void> => {
      const { cursor, plan, batch } = state;
      if (!cursor) return;
      day = cursor.day;
      const { after } = cursor;
      const found = await listFiles.executeWithOptions(withSummary(`${baseName(plan.prefix)}, ${day}`), [
        {
          plan,
          batch,
          batchDate: day,
          limit: pageSize,
          ...(after !== undefined && { after }),
        },
      ]);
      page = found.files;
      behindFiles = found.leftOut;
      behindPage = found.next === undefined ? beginOf(nextListing(plan, day)) : { day, after: found.next };
      if (page.length > 0) return;
      state.cursor = behindPage;
      count(behindFiles);
    },
    /** Returns the next file of the fetched page. */
    take: (): FoundFile | undefined => {
      const [file, ...rest] = page;
      page = rest;
      if (!file) return undefined;
      state.cursor = rest.length === 0 ? behindPage : { day, after: file.uri };
      count(file.leftOut);
      if (rest.length === 0) count(behindFiles);
      return file;
    },
  };
}

function beginOf(day: string | undefined): Cursor | undefined {
  return day === undefined ? undefined : { day };
}

/** Returns the fields of a listed file that start its pipeline. */
export function startable({ uri, batch }: FoundFile) {
  return { uri, batchDate: batch.batchDate, workflowId: workflowId(batch) };
}
