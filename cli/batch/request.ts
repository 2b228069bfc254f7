import { CliError } from '@etl/lib/cliError';
import { makeBatchPlan } from '@etl/pipeline/batch/plan';
import { planProblems } from '@etl/pipeline/batch/planProblems';
import { type BatchRequest, parseBatchRequest } from '@etl/pipeline/batch/request';
import { destinationUri, jsonObject } from '../arguments';
import { cliExitCodes } from '../errors';
import { prefixUri } from './prefix';
import type { RequestOptions } from './requestOptions';

/**
 * Builds the input of `nightlyBatch`.
 *
 * @throws {CliError} listing every reason why the batch would reject it.
 */
export function batchRequest(
  prefix: string | undefined,
  options: RequestOptions,
  days: Partial<BatchRequest>,
): BatchRequest {
  if (prefix === undefined && options.dataset === undefined) {
    const remedy = 'Give a folder, file:///folder or s3://bucket/prefix, or name a declared dataset with --dataset';
    throw new CliError('the batch has neither a prefix nor a dataset', remedy, cliExitCodes.usage);
  }
  const detail = {
    ...(options.options !== undefined && jsonObject('--options', options.options)),
    ...(options.dataset !== undefined && prefix !== undefined && { dataset: options.dataset }),
    ...(options.out !== undefined && { destination: destinationUri(options.out) }),
  };
  const parsed = parseBatchRequest({
    ...(prefix === undefined ? { dataset: options.dataset } : { prefix: prefixUri(prefix) }),
    ...(options.match !== undefined && { match: options.match }),
    ...days,
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.maxConcurrent !== undefined && { maxConcurrent: options.maxConcurrent }),
    ...(options.onFailure !== undefined && { onFailure: options.onFailure }),
    ...(options.minFiles !== undefined && { minFiles: options.minFiles }),
    ...(Object.keys(detail).length > 0 && { detail }),
  });
  const reasons = parsed.ok ? problemsOf(parsed.request) : parsed.reasons;
  if (parsed.ok && reasons.length === 0) return parsed.request;
  throw invalidRequest(reasons);
}

/** Returns the error for a request that the batch would reject. */
export function invalidRequest(reasons: readonly string[]): CliError {
  const remedy = 'See docs/batches.md for the allowed values';
  return new CliError(`invalid batch: ${reasons.join('; ')}`, remedy, cliExitCodes.usage);
}

/**
 * Returns the problems that the batch would find, except those of the worker's default destination, which the batch
 * checks itself.
 */
function problemsOf(request: BatchRequest): string[] {
  const places = { rawBase: undefined, cleanBase: 'file:///lake' };
  const { prefix } = request;
  // The worker, which reads the declarations, checks the files of a dataset.
  if (prefix === undefined) return [];
  const plan = makeBatchPlan({ ...request, prefix }, new Date().toISOString(), places);
  return plan === undefined ? ['prefix: is not a URI'] : planProblems(plan);
}
