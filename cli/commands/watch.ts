import { Command } from 'commander';
import type { WatchOptions } from '../actions/watch';
import { runArgument } from '../runs/argument';

const action = (): typeof import('../actions/watch') => require('../actions/watch');

export function watchCommand(): Command {
  return new Command('watch')
    .description('follow a run or a batch to its end, and show how it ended')
    .argument('<run>', runArgument)
    .option('--json', 'print one JSON object at the end')
    .action((run: string, options: WatchOptions) => action().watch(run, options));
}
