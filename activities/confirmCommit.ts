import { capped } from '@etl/lib/capped';
import { sameUri } from '@etl/lib/uri';
import { layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Plan } from '@etl/pipeline/plan';
import { countOutcomes } from '@etl/pipeline/quality/results';
import { shareableWarnings } from '@etl/pipeline/shareable';
import { type Commit, readCommits } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import { isProjected } from '@etl/storage/projected';
import type { CommitAnswer, CommitQuery } from './contract';

/**
 * Looks up the batch in the commit log. A run has delivered if the newest commit has exactly its source and options,
 * whichever run made it, or if the run made such a commit itself and a later run has replaced it since. Exit code 0
 * alone does not prove success. With `published`, a commit that readers do not see yet counts as missing: the next launch
 * or run projects it.
 */
export async function confirmCommit(store: ObjectStore, query: CommitQuery): Promise<CommitAnswer> {
  const { plan, run } = query;
  const place = layout(plan.destination, plan.batch);
  let newest: Commit | undefined;
  for await (const commit of readCommits(store, place)) {
    newest ??= commit;
    const byThisRun = commit.manifest.runId === run.runId;
    const isNewest = commit === newest;
    if (!isOfPlan(commit.manifest, plan) || !(byThisRun || isNewest)) continue;
    if (query.published && isNewest && !(await isProjected(store, place, commit.manifest))) return { kind: 'missing' };
    return {
      kind: 'delivered',
      commit: commit.number,
      byThisRun,
      published: place.published,
      parts: commit.manifest.parts.length,
      totals: commit.manifest.totals,
      warnings: capped(shareableWarnings(commit.manifest)),
      ...(commit.manifest.quality && { quality: countOutcomes(commit.manifest.quality) }),
    };
  }
  if (newest && Date.parse(newest.manifest.runStartedAt) > Date.parse(run.startedAt)) {
    return { kind: 'superseded', by: newest.manifest.runId };
  }
  return { kind: 'missing' };
}

/** Returns whether a commit is of exactly the plan's source and options. */
export function isOfPlan({ source, optionsHash }: Manifest, plan: Plan): boolean {
  const isSameSource = sameUri(source.uri, plan.source.uri) && source.fingerprint === plan.source.fingerprint;
  return isSameSource && optionsHash === plan.optionsHash;
}
