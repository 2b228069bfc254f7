import { Command } from 'commander';
import type { ShowOptions } from '../../actions/dataset/show';

const action = (): typeof import('../../actions/dataset/show') => require('../../actions/dataset/show');

export function showCommand(): Command {
  return new Command('show')
    .description('show a declaration, and what a run of a file does')
    .argument('<name>', 'name of the dataset')
    .option('--file <file>', 'file whose event, workflow ID and published folder are shown')
    .option('--date <YYYY-MM-DD>', 'batch date of the file (default: the date that the source pattern finds)')
    .option('--json', 'print one JSON object')
    .action((name: string, options: ShowOptions) => action().show(name, options));
}
