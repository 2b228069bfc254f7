import type { BatchRequest, PrefixedRequest } from '../batch/request';
import type { Dataset } from './declaration';

/**
 * Returns the prefix and the names under which a batch lists the files of a source pattern, with the placeholders of
 * the day. The pattern may be narrower: the listing also contains files that do not match it. The prefix is empty for
 * the raw bucket.
 */
export function listingOf(pattern: string): { readonly prefix: string; readonly match?: string } {
  const segments = pattern.split('/');
  const folders = segments.slice(0, -1);
  const wild = folders.findIndex((name) => /[*?]/.test(name));
  const prefix = (wild === -1 ? folders : folders.slice(0, wild)).join('/');
  const name = segments.at(-1);
  return { prefix, ...(name !== undefined && name !== '**' && { match: name }) };
}

/**
 * Returns the request of a batch that delivers a declared dataset. Keys of the request override the declaration; a
 * prefix of the request selects some of the dataset's files.
 */
export function requestOf(
  { name, declaration }: Dataset,
  request: BatchRequest,
  rawBase: string | undefined,
): PrefixedRequest {
  const { source, schedule, maxConcurrent } = declaration;
  const { prefix, match } = listingOf(source.pattern);
  const days = {
    ...(schedule?.timeZone !== undefined && { timeZone: schedule.timeZone }),
    ...(schedule?.dayOffset !== undefined && { dayOffset: schedule.dayOffset }),
  };
  return {
    ...days,
    ...(schedule?.minFiles !== undefined && { minFiles: schedule.minFiles }),
    ...(schedule?.onFailure !== undefined && { onFailure: schedule.onFailure }),
    ...(maxConcurrent !== undefined && { maxConcurrent }),
    ...(match !== undefined && request.prefix === undefined && { match }),
    ...request,
    prefix: request.prefix ?? (prefix || (rawBase ?? '')),
    detail: { ...request.detail, dataset: name },
  };
}
