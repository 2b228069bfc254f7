import { sameUri } from '@etl/lib/uri';
import type { Manifest } from '@etl/pipeline/manifest';
import { mayReplace } from '@etl/pipeline/replacement';

/** Who may replace whom: a later run, or a later launch of the same run. */
export type Fence = Pick<Manifest, 'runStartedAt' | 'runId' | 'generation'>;

/** Below 0 when `a` is the earlier one, above 0 when it is the later, 0 for the same launch. */
export function compareFences(a: Fence, b: Fence): number {
  const byStart = Date.parse(a.runStartedAt) - Date.parse(b.runStartedAt);
  if (Number.isNaN(byStart)) throw new RangeError(`no time: runStartedAt ${a.runStartedAt} or ${b.runStartedAt}`);
  if (byStart !== 0) return byStart;
  if (a.runId !== b.runId) return a.runId < b.runId ? -1 : 1;
  return a.generation - b.generation;
}

/** What decides the content of a batch. */
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
 * Returns what a container that wants to publish has to do, given the newest commit. `replaces`: see `mayReplace`; without it
 * a commit never takes the place of one from another source.
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
