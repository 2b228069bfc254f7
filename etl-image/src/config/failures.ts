import { oneLine } from '@etl/lib/oneLine';
import { type CauseKind, exitCodeOfKind } from '@etl/pipeline/causes/cause';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { type ExitCode, exitCodes } from '@etl/pipeline/failures';
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

/** How the program ends on an error: exit code, cause and remedy, a line each. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly cause: string;
  readonly remedy: string;
}

/** What to do about a storage error whose cause has no remedy of its own. */
const storageRemedies: Readonly<Record<StorageErrorCode, string>> = {
  NotFound: 'run it again: what is missing is made anew',
  NoSuchBucket: 'create the bucket, or correct its name',
  AccessDenied: "grant the task's role (or this user) access to it",
  Misconfigured: 'docs/configuration.md lists the settings',
  Credentials: 'renew the credentials of the task',
  Throttled: 'run it again later; what was finished is kept',
  ReadOnly: 'choose a destination that can be written',
  NoSpace: 'Free some space, or give the task more ephemeral storage',
  SourceChanged: 'start a new run once the file is complete',
  Corrupt: 'look at the object named above',
  Unavailable: 'run it again; what was finished is kept',
};

function storageExitCode(code: StorageErrorCode): ExitCode {
  if (code === 'SourceChanged') return exitCodes.sourceChanged;
  return code === 'Corrupt' ? exitCodes.ioError : exitCodeOf(code);
}

/** Another task may get other credentials, so this program does not report them as bad configuration. */
const exitCodeOf = (kind: CauseKind): ExitCode =>
  kind === 'Credentials' ? exitCodes.credentials : exitCodeOfKind(kind);

/** What an error means for the outside. Every error has an answer; an unexpected one may be tried again. */
export function failureOf(error: unknown): Failure {
  const cause = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof StorageError) {
    const remedy = error.remedy ?? storageRemedies[error.code];
    return { exitCode: storageExitCode(error.code), cause: `${error.uri}: ${cause}`, remedy };
  }
  if (error instanceof BadDataError || error instanceof RowError || error instanceof DecodeError) {
    return { exitCode: exitCodes.badData, cause, remedy: 'mend the file, or declare its dialect, columns or limits' };
  }
  if (error instanceof NoInputError) {
    return { exitCode: exitCodes.noInput, cause, remedy: 'check INPUT_FILE: the file may have been moved or misspelt' };
  }
  if (error instanceof BadConfigurationError) {
    return { exitCode: exitCodes.badConfiguration, cause, remedy: 'docs/container.md lists the environment' };
  }
  if (error instanceof HeldError) {
    return { exitCode: exitCodes.held, cause, remedy: 'look at it, and publish it with MODE=commit, or mend the file' };
  }
  if (error instanceof SourceConflictError) {
    const remedy = 'set SOURCE to another name, or REPLACES to the replaced file';
    return { exitCode: exitCodes.sourceConflict, cause, remedy };
  }
  if (error instanceof IncompleteError) {
    return { exitCode: exitCodes.tryAgain, cause, remedy: 'launch those shards again, then commit again' };
  }
  if (error instanceof ReconcileError) {
    const remedy = `launch the shards again with SHARD_RECONCILE=${error.reconcileUri}, then commit again`;
    return { exitCode: exitCodes.reconcile, cause, remedy };
  }
  if (error instanceof StoppedError) {
    const remedy = 'run it again: the finished parts are kept';
    if (error.by === 'signal') return { exitCode: exitCodes.stopped, cause, remedy };
    return { exitCode: exitCodes.tryAgain, cause, remedy: `${remedy}; set a longer TIMEOUT_SECONDS` };
  }
  const known = causeOf(error);
  if (known) {
    const { path } = error as NodeJS.ErrnoException;
    const what = path === undefined ? known.sentence : `${path}: ${known.sentence}`;
    return { exitCode: exitCodeOf(known.kind), cause: what, remedy: known.remedy };
  }
  return { exitCode: exitCodes.ioError, cause, remedy: 'run it again; if it fails again, report it with the log' };
}
