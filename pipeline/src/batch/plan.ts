import { dayIn } from '@etl/lib/timeZones';
import { resolveSource } from '../plan';
import { defaultConcurrency, defaultMinFiles } from './control';
import type { PrefixedRequest } from './request';

/** A fully resolved request: the batch reads no environment variable and no clock afterwards. */
export interface BatchPlan {
  /** URI that still contains the placeholders of the day. */
  readonly prefix: string;
  /** Base of keys without a scheme, which lets files have plain names. Absent in plans of earlier versions. */
  readonly rawBase?: string;
  readonly match?: string;
  /** Declared dataset whose files the batch delivers; absent: all files of the prefix. */
  readonly dataset?: string;
  readonly from: string;
  readonly to: string;
  readonly mode: 'missing' | 'failed' | 'all';
  readonly maxConcurrent: number;
  readonly onFailure: 'fail' | 'complete';
  /** Minimum number of files over all days; fewer make the batch fail. Absent in plans of earlier versions: 0. */
  readonly minFiles?: number;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Destination of the results, and of the files unless the event declares another. */
  readonly destination: string;
  /** Whether each file is delivered where its dataset declares, if it does. */
  readonly declaredDestinations?: true;
  readonly priority: number;
}

export const defaultPriority = 3;

/**
 * Resolves a request. Returns undefined when the prefix is not a URI and there is no raw bucket. `scheduledAt`: ISO
 * 8601.
 */
export function makeBatchPlan(
  request: PrefixedRequest,
  scheduledAt: string,
  places: { readonly rawBase: string | undefined; readonly cleanBase: string },
): BatchPlan | undefined {
  const prefix = resolveSource(request.prefix, places.rawBase);
  if (prefix === undefined) return undefined;
  const day = request.batchDate ?? dayIn(request.timeZone ?? 'UTC', new Date(scheduledAt), request.dayOffset);
  const { destination } = request.detail ?? {};
  return {
    prefix,
    ...(places.rawBase !== undefined && { rawBase: places.rawBase }),
    ...(request.match !== undefined && { match: request.match }),
    ...(request.dataset !== undefined && { dataset: request.dataset }),
    from: request.from ?? day,
    to: request.to ?? day,
    mode: request.mode ?? 'missing',
    maxConcurrent: request.maxConcurrent ?? defaultConcurrency,
    onFailure: request.onFailure ?? 'fail',
    minFiles: request.minFiles ?? defaultMinFiles,
    detail: request.detail ?? {},
    destination: typeof destination === 'string' ? destination : places.cleanBase,
    priority: request.priority ?? defaultPriority,
  };
}
