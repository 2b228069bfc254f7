import { Command } from 'commander';
import type { CheckOptions } from '../../actions/dataset/check';

const action = (): typeof import('../../actions/dataset/check') => require('../../actions/dataset/check');

export function checkCommand(): Command {
  return new Command('check')
    .description('validate declarations and convert their samples, offline')
    .argument('[names...]', 'names of datasets (default: all)')
    .option('--sample <files...>', 'further samples of the named datasets')
    .option('--json', 'print one JSON object')
    .action((names: string[], options: CheckOptions) => action().check(names, options));
}
