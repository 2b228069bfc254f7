import { Command } from 'commander';
import type { CancelOptions } from '../actions/cancel';
import { runArgument } from '../runs/argument';

const action = (): typeof import('../actions/cancel') => require('../actions/cancel');

export function cancelCommand(): Command {
  return new Command('cancel')
    .description('cancel a run or a batch: stop its tasks, and publish nothing that is not committed yet')
    .argument('<run>', runArgument)
    .option('--reason <text>', 'reason, kept in the history of the run')
    .option('--json', 'print one JSON object')
    .action((run: string, options: CancelOptions) => action().cancel(run, options));
}
