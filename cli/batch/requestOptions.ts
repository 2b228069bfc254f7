import { makeBatchPlan } from '@etl/pipeline/batch/plan';
import { planProblems } from '@etl/pipeline/batch/planProblems';
import { type BatchRequest, defaultConcurrency, parseBatchRequest } from '@etl/pipeline/batch/request';
import { Argument, type Command, Option } from 'commander';
import { destinationUri, jsonObject, positiveInteger } from '../arguments';
import { CliError, cliExitCodes } from '../errors';
import { prefixUri } from './prefix';

/** The options that every command has that makes a batch. */
export interface RequestOptions {
  readonly match?: string;
  readonly mode?: 'missing' | 'failed' | 'all';
  readonly maxConcurrent?: number;
  readonly onFailure?: 'fail' | 'complete';
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
    .option('--dataset <name>', "dataset of all files (default: the name of each file's folder)")
    .option('--out <uri>', "folder or s3:// URI to publish below (default: the worker's S3_CLEAN_BUCKET)")
    .option('--options <json>', "further keys of every file's event: columns, dialect, quality, chunkRows, compute");
}

/** What `nightlyBatch` is to be started with. Throws `CliError` with every reason why it would be refused. */
export function batchRequest(prefix: string, options: RequestOptions, days: Partial<BatchRequest>): BatchRequest {
  const detail = {
    ...(options.options !== undefined && jsonObject('--options', options.options)),
    ...(options.dataset !== undefined && { dataset: options.dataset }),
    ...(options.out !== undefined && { destination: destinationUri(options.out) }),
  };
  const parsed = parseBatchRequest({
    prefix: prefixUri(prefix),
    ...(options.match !== undefined && { match: options.match }),
    ...days,
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.maxConcurrent !== undefined && { maxConcurrent: options.maxConcurrent }),
    ...(options.onFailure !== undefined && { onFailure: options.onFailure }),
    ...(Object.keys(detail).length > 0 && { detail }),
  });
  const reasons = parsed.ok ? problemsOf(parsed.request) : parsed.reasons;
  if (parsed.ok && reasons.length === 0) return parsed.request;
  throw refusedRequest(reasons);
}

/** The error for a request that the batch itself would refuse. */
export function refusedRequest(reasons: readonly string[]): CliError {
  const remedy = 'docs/batches.md says what each of them may be';
  return new CliError(`the batch would be refused: ${reasons.join('; ')}`, remedy, cliExitCodes.usage);
}

/** What the batch itself would find, wherever the worker publishes: the destination is checked there. */
function problemsOf(request: BatchRequest): string[] {
  const places = { rawBase: undefined, cleanBase: 'file:///lake' };
  const plan = makeBatchPlan(request, new Date().toISOString(), places);
  return plan === undefined ? ['prefix: is no URI'] : planProblems(plan);
}
