import { Command } from 'commander';
import { calendarDate } from '../arguments';
import { conductBatch } from '../batch/conduct';
import { batchId } from '../batch/ids';
import { batchRequest, prefixArgument, type RequestOptions, withRequestOptions } from '../batch/requestOptions';

interface BatchOptions extends RequestOptions {
  readonly date: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

export function batchCommand(): Command {
  const command = new Command('batch')
    .description('run the pipeline on every file of a day below a prefix, some at a time')
    .addArgument(prefixArgument())
    .requiredOption('--date <YYYY-MM-DD>', 'batch date')
    .option('--no-wait', 'start it and return at once')
    .option('--json', 'print one JSON object at the end');
  return withRequestOptions(command).action(batch);
}

async function batch(prefix: string, options: BatchOptions): Promise<void> {
  const request = batchRequest(prefix, options, { batchDate: calendarDate(options.date) });
  await conductBatch(batchId('batch', request), request, options);
}
