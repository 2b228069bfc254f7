import { Command } from 'commander';
import type { ApplyOptions } from '../../actions/dataset/apply';

const action = (): typeof import('../../actions/dataset/apply') => require('../../actions/dataset/apply');

export function applyCommand(): Command {
  return new Command('apply')
    .description('create, update and delete the schedules of declared datasets, and copy the declarations to a folder')
    .argument('[names...]', 'names of datasets (default: all)')
    .option('--to <uri>', 'folder that workers read (ETL_DATASETS): the declarations are copied to it')
    .option('--prune', 'also delete the schedules of datasets that are no longer declared')
    .option('--dry-run', 'print the differences, and exit')
    .option('--json', 'print one JSON object')
    .action((names: string[], options: ApplyOptions) => action().apply(names, options));
}
