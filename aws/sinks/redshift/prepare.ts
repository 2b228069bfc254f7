import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { type SinkCommit, SinkError, type SinkState, ThrottledError } from '../../../activities/ports';
import { endInLedger, readColumns } from './catalog';
import type { DataApi } from './dataApi';
import { withoutValues } from './errors';
import { changesFor } from './evolution';
import type { Target } from './target';

/** Maximum number of attempts: other batches may change the tables at the same time. */
const maxRounds = 5;

/**
 * Creates the tables of a commit and gives them its columns. Returns its end if the ledger shows that it is applied or
 * superseded: then nothing is changed.
 *
 * Each change is repeatable: what the tables have is read again after it, whether it failed or not.
 * @throws {SinkError} if the tables cannot have the columns
 */
export async function prepareTables(
  api: DataApi,
  commit: SinkCommit,
  target: Target,
  sink: RedshiftSink,
): Promise<SinkState | undefined> {
  let failure: { readonly message: string; readonly retry: boolean } | undefined;
  for (let round = 0; round < maxRounds; round++) {
    const existing = await readColumns(api, target, sink);
    const end = round === 0 && existing.ledger.length > 0 ? await endInLedger(api, commit, target, sink) : undefined;
    if (end) return end;
    const changes = changesFor(commit.manifest.schema, existing, target, sink);
    if (changes.length === 0) return undefined;
    if (failure && !failure.retry && round > 1) break;
    failure = undefined;
    for (const { what, sql } of changes) {
      const ended = await api.run('change', sql, {}, sink);
      if (ended.end === 'finished') continue;
      if (ended.end === 'timeout')
        throw new ThrottledError(`Redshift cannot ${what} now: other statements lock the table`);
      failure = { message: `Redshift cannot ${what}: ${withoutValues(ended.reason)}`, retry: ended.retry };
      break;
    }
  }
  if (failure && !failure.retry)
    throw new SinkError(`${failure.message}. Grant it to the secret's user, or change the table by hand`);
  throw new ThrottledError(failure?.message ?? `Redshift tables of ${target.table} are changed by others all the time`);
}
