import { Command } from 'commander';
import type { StatusOptions } from '../actions/status';

const action = (): typeof import('../actions/status') => require('../actions/status');

export function statusCommand(): Command {
  return new Command('status')
    .description('show the batches of the night, what to do about each problem, and the local systems of this user')
    .option('--date <YYYY-MM-DD>', 'batch date (default: the batches of tonight)')
    .option('--dataset <name>', 'only this dataset (default: all)')
    .option('--json', 'print one JSON object')
    .action((options: StatusOptions) => action().status(options));
}
