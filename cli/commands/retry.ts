import { Command } from 'commander';
import type { RetryOptions } from '../actions/retry';
import { positiveInteger } from '../arguments';
import { runArgument } from '../runs/argument';

const action = (): typeof import('../actions/retry') => require('../actions/retry');

export function retryCommand(): Command {
  return new Command('retry')
    .description('start the events of failed runs again, or finish only their sinks')
    .argument('[run...]', runArgument)
    .option('--failed', 'select all runs that failed, and were not started again')
    .option('--since <time>', 'with --failed: runs that ended since then: 12h, 2d, or a date', '24h')
    .option('--dataset <name>', 'with --failed: only runs of this dataset')
    .option('--limit <n>', 'maximum number of runs', positiveInteger, 1000)
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print one JSON object')
    .action((runs: string[], options: RetryOptions) => action().retry(runs, options));
}
