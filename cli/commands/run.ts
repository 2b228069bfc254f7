import { priorityKeys } from '@etl/pipeline/priority';
import { Command, Option } from 'commander';
import type { RunOptions } from '../actions/run';

const action = (): typeof import('../actions/run') => require('../actions/run');

export function runCommand(): Command {
  return new Command('run')
    .description('run the pipeline on one file and show how it goes')
    .argument('<file>', 'a path, file:///path or s3://bucket/key')
    .requiredOption('--date <YYYY-MM-DD>', 'batch date')
    .option('--dataset <name>', "dataset (default: the name of the file's folder)")
    .option('--out <uri>', 'folder or s3:// URI to publish below (default: S3_CLEAN_BUCKET)')
    .option(
      '--options <json|@file>',
      'further keys of the event: columns, dialect, quality, rejects, chunkRows, compute',
    )
    .addOption(
      new Option('--priority <n>', 'whose work comes first when there is a queue: 1 to 5 (default: 3)').choices(
        priorityKeys.map(String),
      ),
    )
    .option('--replaces <file>', 'the file, or folder with a slash at its end, whose data this file replaces')
    .option('--force', 'launch the conversion although the file is delivered as it is')
    .option('--no-wait', 'start it and return at once')
    .option('--json', 'print one JSON object at the end')
    .action((file: string, options: RunOptions) => action().run(file, options));
}
