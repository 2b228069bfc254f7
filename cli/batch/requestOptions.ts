import { defaultConcurrency, defaultMinFiles } from '@etl/pipeline/batch/control';
import { Argument, type Command, Option } from 'commander';
import { nonNegativeInteger, positiveInteger } from '../arguments';

/** The options that every command has that makes a batch. */
export interface RequestOptions {
  readonly match?: string;
  readonly mode?: 'missing' | 'failed' | 'all';
  readonly maxConcurrent?: number;
  readonly onFailure?: 'fail' | 'complete';
  readonly minFiles?: number;
  readonly dataset?: string;
  readonly out?: string;
  readonly options?: string;
}

/** Where the files lie: the argument that goes with these options. */
export function prefixArgument(): Argument {
  return new Argument(
    '<prefix>',
    'a folder, file:///folder or s3://bucket/prefix; {yyyy}, {MM}, {dd} and {date} stand for the day',
  );
}

/** Adds them to a command. */
export function withRequestOptions(command: Command): Command {
  return command
    .option(
      '--match <glob>',
      'of the names of the files, with {yyyy}, {MM}, {dd}, {date}, * and ? (default: every data file)',
    )
    .addOption(
      new Option(
        '--mode <which>',
        'files that are not delivered as they are now (missing, the default), those of them whose last run failed, or all',
      ).choices(['missing', 'failed', 'all']),
    )
    .option('--max-concurrent <files>', `so many files at a time (default: ${defaultConcurrency})`, positiveInteger)
    .addOption(
      new Option(
        '--on-failure <what>',
        'whether a file that fails makes the batch fail, after all were tried (fail, the default), or is only told (complete)',
      ).choices(['fail', 'complete']),
    )
    .option(
      '--min-files <files>',
      `fail a batch that finds fewer files in all its days together; 0: it may be empty (default: ${defaultMinFiles})`,
      nonNegativeInteger,
    )
    .option('--dataset <name>', "dataset of all files (default: the name of each file's folder)")
    .option('--out <uri>', "folder or s3:// URI to publish below (default: the worker's S3_CLEAN_BUCKET)")
    .option(
      '--options <json|@file>',
      "further keys of every file's event: columns, dialect, quality, chunkRows, compute",
    );
}
