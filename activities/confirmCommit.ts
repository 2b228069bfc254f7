import { layout } from '@etl/pipeline/layout';
import { readCommits } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { CommitAnswer, CommitQuery } from './contract';

/**
 * A run has delivered when the log holds a commit of exactly its source and options, its own or one found there.
 * Exit code 0 alone proves nothing.
 */
export async function confirmCommit(store: ObjectStore, { plan, run }: CommitQuery): Promise<CommitAnswer> {
  const place = layout(plan.destination, plan.batch);
  let newestBy: string | undefined;
  for await (const { number, manifest } of readCommits(store, place)) {
    const ours = manifest.runId === run.runId;
    const same =
      manifest.source.uri === plan.source.uri &&
      manifest.source.fingerprint === plan.source.fingerprint &&
      manifest.optionsHash === plan.optionsHash;
    if (same && (ours || newestBy === undefined)) {
      return {
        kind: 'delivered',
        commit: number,
        byThisRun: ours,
        published: place.published,
        parts: manifest.parts.length,
        totals: manifest.totals,
        warnings: manifest.warnings.slice(0, 50),
      };
    }
    newestBy ??= manifest.runStartedAt > run.startedAt ? manifest.runId : '';
  }
  return newestBy ? { kind: 'superseded', by: newestBy } : { kind: 'missing' };
}
