import { Command } from 'commander';
import type { StatusOptions } from '../actions/status';

const action = (): typeof import('../actions/status') => require('../actions/status');

export function statusCommand(): Command {
  return new Command('status')
    .description('list the running local systems of this user, and what answers in each')
    .option('--json', 'print one JSON object')
    .action((options: StatusOptions) => action().status(options));
}
