import { Command } from 'commander';
import type { NewOptions } from '../../actions/dataset/new';
import { datasetName } from '../../arguments';

const action = (): typeof import('../../actions/dataset/new') => require('../../actions/dataset/new');

export function newCommand(): Command {
  return new Command('new')
    .description('infer a commented declaration from a file')
    .argument('<file>', 'path of a CSV file, which is converted on trial')
    .option(
      '--name <name>',
      "name of the dataset (default: the name of the file's folder, else of the file)",
      datasetName,
    )
    .option('--stdout', 'print the declaration instead of writing it')
    .option('--force', 'overwrite an existing declaration')
    .option('--json', 'print one JSON object')
    .action((file: string, options: NewOptions) => action().create(file, options));
}
