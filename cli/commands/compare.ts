import { Command, Option } from 'commander';
import { interpreterNames } from '../../step-functions/compare/interpreters';
import type { CompareOptions } from '../actions/compare';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/compare') => require('../actions/compare');

export function compareCommand(): Command {
  return new Command('compare')
    .description('run one file on Temporal and on Step Functions, and compare the results')
    .argument('<file>', 'path or file:///path')
    .requiredOption('--date <YYYY-MM-DD>', 'batch date')
    .option(
      '--dataset <name>',
      'name of the dataset (default: the declared dataset of the file, else the name of its folder)',
    )
    .option('--out <dir>', 'empty folder for the output of both engines (default: the output is deleted)')
    .option(
      '--options <json|@file>',
      'more keys of the event, as a JSON object: columns, dialect, quality, rejects, chunkRows, compute',
    )
    .addOption(
      new Option(
        '--interpreter <where>',
        'interpreter of the state machine: ministack, which needs Docker and Python, or local, in this process (default: ministack)',
      ).choices(interpreterNames),
    )
    .option('--files-per-day <files>', 'files per day, for the estimated monthly cost', positiveInteger, 100)
    .option('--json', 'print one JSON object at the end')
    .action((file: string, options: CompareOptions) => action().compare(file, options));
}
