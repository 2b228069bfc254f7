import { sameUri } from '@etl/lib/uri';
import type { Manifest } from '@etl/pipeline/manifest';
import { mayReplace } from '@etl/pipeline/replacement';

/** Order of launches: a later run, or a later launch of the same run, may replace an earlier one. */
export type Fence = Pick<Manifest, 'runStartedAt' | 'runId' | 'generation'>;

/** Compares two launches: negative if `a` is earlier, positive if it is later, 0 for the same launch. */
export function compareFences(a: Fence, b: Fence): number {
  const byStart = Date.parse(a.runStartedAt) - Date.parse(b.runStartedAt);
  if (Number.isNaN(byStart)) throw new RangeError(`invalid runStartedAt: ${a.runStartedAt} or ${b.runStartedAt}`);
  if (byStart !== 0) return byStart;
  if (a.runId !== b.runId) return a.runId < b.runId ? -1 : 1;
  return a.generation - b.generation;
}

/** The inputs that determine the content of a batch. */
export type Content = Pick<Manifest, 'source' | 'optionsHash' | 'program'>;

export function sameContent(a: Content, b: Content): boolean {
  return (
    sameUri(a.source.uri, b.source.uri) &&
    a.source.fingerprint === b.source.fingerprint &&
    a.optionsHash === b.optionsHash &&
    a.program === b.program
  );
}

export type Decision = 'commit' | 'already' | 'superseded' | 'conflict';

/**
 * Decides whether a launch may commit, given the newest commit. Without `replaces`, a commit never replaces one of
 * another source.
 *
 * @see mayReplace
 */
export function decide(
  newest: (Fence & Content) | undefined,
  mine: Fence & Content,
  replaces: string | undefined,
): Decision {
  if (newest === undefined) return 'commit';
  if (sameContent(newest, mine)) return 'already';
  if (!mayReplace(newest.source.uri, mine.source.uri, replaces)) return 'conflict';
  return compareFences(newest, mine) > 0 ? 'superseded' : 'commit';
}
