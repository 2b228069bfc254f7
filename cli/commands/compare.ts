import { Command, Option } from 'commander';
import type { CompareOptions } from '../actions/compare';
import { positiveInteger } from '../arguments';
import { interpreterNames } from '../compare/interpreters';

const action = (): typeof import('../actions/compare') => require('../actions/compare');

export function compareCommand(): Command {
  return new Command('compare')
    .description('run one file through Temporal and through the Step Functions twin, and show both side by side')
    .argument('<file>', 'a path or file:///path')
    .requiredOption('--date <YYYY-MM-DD>', 'batch date')
    .option('--dataset <name>', "dataset (default: the name of the file's folder)")
    .option('--out <dir>', 'keep what both engines published, in an empty folder (default: it is thrown away)')
    .option(
      '--options <json|@file>',
      'further keys of the event: columns, dialect, quality, rejects, chunkRows, compute',
    )
    .addOption(
      new Option(
        '--interpreter <where>',
        'what runs the state machine: ministack, which needs Docker and Python, or an interpreter in this process',
      ).choices(interpreterNames),
    )
    .option('--files-per-day <files>', 'for the cost of a month', positiveInteger, 100)
    .option('--json', 'print one JSON object at the end')
    .action((file: string, options: CompareOptions) => action().compare(file, options));
}
