import type { DescribeStatementResponse, SubStatementData } from '@aws-sdk/client-redshift-data';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import type { SinkCommit, SinkState } from '../../../activities/ports';
import { appliedState, endInLedger } from './catalog';
import type { DataApi } from './dataApi';
import { mayRepeat, tooLong, withoutValues } from './errors';
import { loadErrors } from './loadErrors';
import { folded } from './quote';
import { shownTable, type Target, targetOf } from './target';
import { loadSteps, type StepName } from './transaction';

/** Returns the state of a load from the description of its statement. */
export async function stateOf(
  api: DataApi,
  statement: string,
  commit: SinkCommit,
  sink: RedshiftSink,
): Promise<SinkState> {
  const target = targetOf(commit, sink);
  const found = await api.find(statement);
  switch (found?.Status) {
    case 'FINISHED':
      return appliedState(commit.manifest.totals.rowsWritten, commit.batch, target);
    case 'FAILED':
      return failedState(api, found, commit, sink, target);
    case 'ABORTED':
      return {
        state: 'failed',
        reason: `the load into ${shownTable(target)} was cancelled. Apply the commit again`,
        retry: false,
      };
    case undefined:
      return (
        (await endInLedger(api, commit, target, sink)) ?? {
          state: 'failed',
          reason: `Redshift no longer has the statement ${statement}, and the ledger does not have the commit`,
          retry: true,
        }
      );
    default:
      return { state: 'running', statement };
  }
}

/** Matches the error of a failed assertion. */
const byZero = /\bdivi(de|sion) by zero\b/i;

async function failedState(
  api: DataApi,
  found: DescribeStatementResponse,
  commit: SinkCommit,
  sink: RedshiftSink,
  target: Target,
): Promise<SinkState> {
  const at = (found.SubStatements ?? []).findIndex(({ Status }) => Status === 'FAILED');
  const failed = found.SubStatements?.[at];
  const step = loadSteps(commit, sink, '')[at]?.name;
  const message = failed?.Error ?? found.Error ?? 'no reason given';
  if (mayRepeat(message)) return failure(withoutValues(message), step, target, true);
  // Another batch may have changed the length at the same time: the next attempt widens the column.
  const isNarrowed = step === 'insert' && sink.evolve !== false && tooLong.test(message);
  if (step === 'fence') {
    const end = await endInLedger(api, commit, target, sink);
    if (end) return end;
    if (byZero.test(message)) return failure('another load changed the ledger', step, target, true);
  }
  if (step === 'count' && byZero.test(message))
    return failure(
      `COPY did not load the ${commit.manifest.totals.rowsWritten} rows of the manifest. Check the commit folder ${commit.folder}`,
      step,
      target,
      false,
    );
  const names = new Set([
    ...[target.table, target.ledger, target.schema, 'etl_stage'],
    ...commit.manifest.schema.map(({ name }) => folded(name)),
  ]);
  const details = step === 'copy' ? await detailsOf(api, failed, sink, names) : '';
  return failure(`${withoutValues(message, names)}${details}`, step, target, isNarrowed);
}

async function detailsOf(
  api: DataApi,
  failed: SubStatementData | undefined,
  sink: RedshiftSink,
  names: ReadonlySet<string>,
): Promise<string> {
  const queryId = failed?.RedshiftQueryId ?? -1;
  const errors = queryId < 0 ? [] : await loadErrors(api, queryId, sink, names);
  return errors.length === 0 ? '' : `. Load errors: ${errors.join('; ')}`;
}

function failure(message: string, step: StepName | undefined, target: Target, retry: boolean): SinkState {
  const at = step === undefined ? '' : ` at step ${step}`;
  return { state: 'failed', reason: `the load into ${shownTable(target)} failed${at}: ${message}`, retry };
}
