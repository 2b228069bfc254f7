import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { type SinkCommit, SinkError, type SinkState, ThrottledError } from '../../../activities/ports';
import { endInLedger, readColumns } from './catalog';
import type { DataApi } from './dataApi';
import { withoutValues } from './errors';
import { changesFor } from './evolution';
import type { Target } from './target';

/** Maximum number of rounds. Other batches may change the tables at the same time. */
const maxRounds = 5;

/**
 * Creates or changes the tables so that they hold the columns of a commit. Returns the state of the commit, and changes
 * nothing, if the ledger shows that the commit is applied or superseded.
 *
 * Changes are repeatable: the columns are read again after each round, whether a change failed or not.
 * @throws {SinkError} if the tables cannot hold the columns
 */
export async function prepareTables(
  api: DataApi,
  commit: SinkCommit,
  target: Target,
  sink: RedshiftSink,
): Promise<SinkState | undefined> {
  let failure: { readonly what: string; readonly message: string; readonly retry: boolean } | undefined;
  for (let round = 0; round < maxRounds; round++) {
    const existing = await readColumns(api, target, sink);
    // A ledger tells nothing about the rows of a table that was dropped.
    const isKnown = existing.ledger.length > 0 && existing.table.length > 0;
    const end = round === 0 && isKnown ? await endInLedger(api, commit, target, sink) : undefined;
    if (end) return end;
    const changes = changesFor(commit.manifest.schema, existing, target, sink);
    if (changes.length === 0) return undefined;
    // Another writer may have made the change that failed: then others are left.
    if (failure && !failure.retry && round > 1 && changes.some(({ what }) => what === failure?.what)) break;
    failure = undefined;
    for (const { what, sqls } of changes) {
      const ended = await api.change(sqls, sink);
      if (ended.end === 'finished') continue;
      if (ended.end === 'timeout')
        throw new ThrottledError(`Redshift cannot ${what} now: other statements lock the table`);
      failure = { what, message: `Redshift cannot ${what}: ${withoutValues(ended.reason)}`, retry: ended.retry };
      break;
    }
  }
  if (failure && !failure.retry)
    throw new SinkError(`${failure.message}. Grant the secret's user the permission, or make the change yourself`);
  throw new ThrottledError(
    failure?.message ??
      `Redshift table ${target.schema}.${target.table} still needs changes after ${maxRounds} rounds: other writers change it`,
  );
}
