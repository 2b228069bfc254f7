import { Command } from 'commander';
import type { ListOptions } from '../../actions/dataset/list';

const action = (): typeof import('../../actions/dataset/list') => require('../../actions/dataset/list');

export function listCommand(): Command {
  return new Command('list')
    .description('list the declared datasets')
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => action().list(options));
}
