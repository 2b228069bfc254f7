import { priorityKeys } from '@etl/pipeline/priority';
import { Command, Option } from 'commander';
import type { RunOptions } from '../actions/run';
import { datasetName } from '../arguments';

const action = (): typeof import('../actions/run') => require('../actions/run');

export function runCommand(): Command {
  return new Command('run')
    .description('run the pipeline on one file and show its progress')
    .argument('<file>', 'path, file:///path or s3://bucket/key')
    .requiredOption('--date <YYYY-MM-DD>', 'batch date')
    .option(
      '--dataset <name>',
      'name of the dataset (default: the declared dataset of the file, else the name of its folder)',
      datasetName,
    )
    .option('--out <uri>', 'destination: a folder or an s3:// URI (default: S3_CLEAN_BUCKET)')
    .option(
      '--options <json|@file>',
      'more keys of the event, as a JSON object: columns, dialect, quality, rejects, chunkRows, compute',
    )
    .addOption(
      new Option('--priority <n>', 'priority in the task queues, 1 (first) to 5 (default: 3)').choices(
        priorityKeys.map(String),
      ),
    )
    .option('--replaces <file>', 'file, or folder with a trailing slash, whose data this file may replace')
    .option('--force', 'convert the file even if its current version has already been delivered')
    .option('--no-wait', 'return once the run has started')
    .option('--json', 'print one JSON object at the end')
    .action((file: string, options: RunOptions) => action().run(file, options));
}
