import { Command } from 'commander';
import type { ExportOptions } from '../../actions/dataset/export';

const action = (): typeof import('../../actions/dataset/export') => require('../../actions/dataset/export');

export function exportCommand(): Command {
  return new Command('export')
    .description('print a declaration in another format')
    .argument('<name>', 'name of the dataset')
    .requiredOption('--odcs', 'as a contract of the Open Data Contract Standard 3.1, in YAML')
    .option('--json', 'print JSON instead of YAML')
    .action((name: string, options: ExportOptions) => action().exportContract(name, options));
}
