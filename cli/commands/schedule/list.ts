import { Command } from 'commander';
import type { ListOptions } from '../../actions/schedule/list';

const action = (): typeof import('../../actions/schedule/list') => require('../../actions/schedule/list');

export function listCommand(): Command {
  return new Command('list')
    .description('list the batch schedules')
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => action().list(options));
}
