import { Command } from 'commander';
import type { BatchOptions } from '../actions/batch';
import { prefixArgument, withRequestOptions } from '../batch/requestOptions';

const action = (): typeof import('../actions/batch') => require('../actions/batch');

export function batchCommand(): Command {
  const command = new Command('batch')
    .description('run the pipeline on every file of a day below a prefix, some at a time')
    .addArgument(prefixArgument())
    .requiredOption('--date <YYYY-MM-DD>', 'batch date')
    .option('--no-wait', 'start it and return at once')
    .option('--json', 'print one JSON object at the end');
  return withRequestOptions(command).action((prefix: string, options: BatchOptions) => action().batch(prefix, options));
}
