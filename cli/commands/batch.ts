import { Command } from 'commander';
import type { BatchOptions } from '../actions/batch';
import { prefixArgument, withRequestOptions } from '../batch/requestOptions';

const action = (): typeof import('../actions/batch') => require('../actions/batch');

export function batchCommand(): Command {
  const command = new Command('batch')
    .description('run the pipeline on all files of one day below a prefix')
    .addArgument(prefixArgument())
    .requiredOption('--date <YYYY-MM-DD>', 'batch date')
    .option('--no-wait', 'return once the batch has started')
    .option('--json', 'print one JSON object at the end');
  return withRequestOptions(command).action((prefix: string | undefined, options: BatchOptions) =>
    action().batch(prefix, options),
  );
}
