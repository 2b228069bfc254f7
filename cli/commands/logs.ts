import { Command } from 'commander';
import type { LogsOptions } from '../actions/logs';
import { positiveInteger } from '../arguments';
import { runArgument } from '../runs/argument';

const action = (): typeof import('../actions/logs') => require('../actions/logs');

export function logsCommand(): Command {
  return new Command('logs')
    .description('print the logs of all tasks of a run, and why a task did not start')
    .argument('<run>', runArgument)
    .option('--follow', 'print new lines until the run has ended')
    .option('--launch <n>', 'only this launch of the run, and of each of its shards', positiveInteger)
    .action((run: string, options: LogsOptions) => action().logs(run, options));
}
