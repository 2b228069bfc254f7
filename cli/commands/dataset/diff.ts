import { Command } from 'commander';
import type { DiffOptions } from '../../actions/dataset/diff';

const action = (): typeof import('../../actions/dataset/diff') => require('../../actions/dataset/diff');

export function diffCommand(): Command {
  return new Command('diff')
    .description('compare declarations with the newest delivered batches')
    .argument('[names...]', 'names of datasets (default: all)')
    .option('--json', 'print one JSON object')
    .action((names: string[], options: DiffOptions) => action().diff(names, options));
}
