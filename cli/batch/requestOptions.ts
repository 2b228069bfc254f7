import { defaultConcurrency, defaultMinFiles } from '@etl/pipeline/batch/control';
import { Argument, type Command, Option } from 'commander';
import { nonNegativeInteger, positiveInteger } from '../arguments';

/** Options of the commands that start or schedule a batch. */
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

/** Returns the argument that names the location of the files. */
export function prefixArgument(): Argument {
  return new Argument(
    '[prefix]',
    'folder, file:///folder or s3://bucket/prefix; {yyyy}, {MM}, {dd} and {date} are replaced by the batch date (default: the files of the declared --dataset)',
  );
}

/** Adds the options of a batch request to a command. */
export function withRequestOptions(command: Command): Command {
  return command
    .option(
      '--match <glob>',
      'glob that file names must match, with *, ? and the placeholders of the prefix (default: data files)',
    )
    .addOption(
      new Option(
        '--mode <which>',
        'files to run; missing: files not delivered in their current version; failed: only those whose last run failed; all: every file (default: missing)',
      ).choices(['missing', 'failed', 'all']),
    )
    .option(
      '--max-concurrent <files>',
      `maximum number of files in progress at a time (default: ${defaultConcurrency})`,
      positiveInteger,
    )
    .addOption(
      new Option(
        '--on-failure <what>',
        'outcome of a batch with failed files, after all files were tried (default: fail)',
      ).choices(['fail', 'complete']),
    )
    .option(
      '--min-files <files>',
      `fail the batch if it finds fewer files than this in all its days together; 0 allows an empty batch (default: ${defaultMinFiles})`,
      nonNegativeInteger,
    )
    .option(
      '--dataset <name>',
      "dataset of all files; without a prefix, a declared dataset, whose files the batch delivers (default: each file's declared dataset, else the name of its folder)",
    )
    .option('--out <uri>', 'destination: a folder or an s3:// URI (default: S3_CLEAN_BUCKET of the worker)')
    .option(
      '--options <json|@file>',
      "more keys of every file's event, as a JSON object: columns, dialect, quality, rejects, chunkRows, compute",
    );
}
