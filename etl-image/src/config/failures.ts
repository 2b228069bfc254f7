import { oneLine } from '@etl/lib/oneLine';
import { type CauseKind, exitCodeOfKind } from '@etl/pipeline/causes/cause';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { type ExitCode, exitCodes } from '@etl/pipeline/failures/exitCodes';
import { StorageError, type StorageErrorCode } from '@etl/storage/objectStore';
import {
  BadConfigurationError,
  BadDataError,
  DecodeError,
  HeldError,
  IncompleteError,
  NoInputError,
  ReconcileError,
  RowError,
  SourceConflictError,
  StoppedError,
} from '../errors';

/** How the program exits on an error. Cause and remedy are one line each. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly cause: string;
  /** One imperative sentence without a full stop. */
  readonly remedy: string;
}

/** Remedies of storage errors that carry none. */
const storageRemedies: Readonly<Record<StorageErrorCode, string>> = {
  NotFound: 'Launch the task again: it recreates what is missing',
  NoSuchBucket: 'Create the bucket, or correct its name',
  AccessDenied: "Grant the task's role (or this user) access to it",
  Misconfigured: 'Check the settings (docs/configuration.md)',
  Credentials: 'Renew the credentials of the task',
  Throttled: 'Launch the task again later: finished chunks are kept',
  ReadOnly: 'Choose a writable destination',
  NoSpace: 'Free some space, or give the task more ephemeral storage',
  SourceChanged: 'Start a new run once the file is complete',
  Corrupt: 'Restore the object named above from a backup or an earlier version',
  Unavailable: 'Launch the task again: it resumes from its checkpoint',
};

function storageExitCode(code: StorageErrorCode): ExitCode {
  if (code === 'SourceChanged') return exitCodes.sourceChanged;
  return code === 'Corrupt' ? exitCodes.ioError : exitCodeOf(code);
}

/** Another task may get valid credentials, so refused ones are not reported as bad configuration. */
const exitCodeOf = (kind: CauseKind): ExitCode =>
  kind === 'Credentials' ? exitCodes.credentials : exitCodeOfKind(kind);

/** Maps an error to the program's exit code, cause and remedy. An unexpected error may be retried. */
export function failureOf(error: unknown): Failure {
  const cause = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof StorageError) {
    const remedy = error.remedy ?? storageRemedies[error.code];
    return { exitCode: storageExitCode(error.code), cause: `${error.uri}: ${cause}`, remedy };
  }
  if (error instanceof BadDataError || error instanceof RowError || error instanceof DecodeError) {
    return { exitCode: exitCodes.badData, cause, remedy: 'Fix the file, or declare its dialect, columns or limits' };
  }
  if (error instanceof NoInputError) {
    return { exitCode: exitCodes.noInput, cause, remedy: 'Check INPUT_FILE: the file may have been moved or misspelt' };
  }
  if (error instanceof BadConfigurationError) {
    return { exitCode: exitCodes.badConfiguration, cause, remedy: error.remedy };
  }
  if (error instanceof HeldError) {
    const remedy =
      'Review the rejected rows or the failed rule, then approve the run with etl approve (without a run: set MODE=commit), or fix the file';
    return { exitCode: exitCodes.held, cause, remedy };
  }
  if (error instanceof SourceConflictError) {
    const remedy = 'Set SOURCE to another name, or REPLACES to the replaced file';
    return { exitCode: exitCodes.sourceConflict, cause, remedy };
  }
  if (error instanceof IncompleteError) {
    return { exitCode: exitCodes.tryAgain, cause, remedy: 'Launch those shards again, then commit again' };
  }
  if (error instanceof ReconcileError) {
    const remedy = `Launch the shards again with SHARD_RECONCILE=${error.reconcileUri}, then commit again`;
    return { exitCode: exitCodes.reconcile, cause, remedy };
  }
  if (error instanceof StoppedError) {
    if (error.by === 'signal')
      return { exitCode: exitCodes.stopped, cause, remedy: 'Launch the task again: finished parts are kept' };
    const remedy = 'Launch the task again with a longer TIMEOUT_SECONDS: finished parts are kept';
    return { exitCode: exitCodes.tryAgain, cause, remedy };
  }
  const known = causeOf(error);
  if (known) {
    const { path } = error as NodeJS.ErrnoException;
    const what = path === undefined ? known.sentence : `${path}: ${known.sentence}`;
    return { exitCode: exitCodeOf(known.kind), cause: what, remedy: known.remedy };
  }
  const remedy = 'Launch the task again; if it fails again, report it with the log';
  return { exitCode: exitCodes.ioError, cause, remedy };
}
