import { calendarDate } from '../arguments';
import { checkDataset } from '../batch/checkDataset';
import { conductBatch } from '../batch/conduct';
import { batchId } from '../batch/ids';
import { batchRequest } from '../batch/request';
import type { RequestOptions } from '../batch/requestOptions';

export interface BatchOptions extends RequestOptions {
  readonly date: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

export async function batch(prefix: string | undefined, options: BatchOptions): Promise<void> {
  const request = batchRequest(prefix, options, { batchDate: calendarDate(options.date) });
  await checkDataset(request);
  await conductBatch(batchId('batch', request), request, options);
}
