import { nextListing } from '@etl/pipeline/batch/dayFiles';
import { workflowId } from '@etl/pipeline/layout';
import { baseName } from '@etl/pipeline/uri';
import type { FoundFile } from '../../activities/contract';
import { call } from '../calls';
import type { BatchState, Cursor } from './state';

/** Files a page. */
const pageSize = 200;

/** The files of a batch, page by page. The state's cursor stands behind the last file that was taken. */
export function createFiles(state: BatchState) {
  let page: readonly FoundFile[] = [];
  let day = state.cursor?.day ?? '';
  let behindPage: Cursor | undefined = state.cursor;

  return {
    hasPage: (): boolean => page.length > 0,
    /** Fetches the next page of the listing; nothing behind the last one. */
    fetch: async (): Promise<void> => {
      const { cursor, plan, batch } = state;
      if (!cursor) return;
      day = cursor.day;
      const { after } = cursor;
      const found = await call(
        'listFiles',
        `${baseName(plan.prefix)}, ${day}`,
      )({
        plan,
        batch,
        batchDate: day,
        limit: pageSize,
        ...(after !== undefined && { after }),
      });
      page = found.files;
      behindPage = found.next === undefined ? beginOf(nextListing(plan, day)) : { day, after: found.next };
      if (page.length === 0) state.cursor = behindPage;
    },
    /** The next file of the page that was fetched. */
    take: (): FoundFile | undefined => {
      const [file, ...rest] = page;
      page = rest;
      if (file) state.cursor = rest.length === 0 ? behindPage : { day, after: file.uri };
      return file;
    },
  };
}

function beginOf(day: string | undefined): Cursor | undefined {
  return day === undefined ? undefined : { day };
}

/** A found file as its pipeline is started. */
export function startable({ uri, batch }: FoundFile) {
  return { uri, batchDate: batch.batchDate, workflowId: workflowId(batch) };
}
