import { type ExitCode, exitCodes } from '@etl/pipeline/failures';
import { StorageError, type StorageErrorCode } from '@etl/storage/objectStore';
import { DecodeError } from '../extractors/decompress';
import { RowError } from '../extractors/window';

/** The data cannot be loaded as it is: nothing is published. */
export class BadDataError extends Error {
  override readonly name = 'BadDataError';
}

/** There is no such source. */
export class NoInputError extends Error {
  override readonly name = 'NoInputError';
}

/** The container was told what it cannot do. */
export class BadConfigurationError extends Error {
  override readonly name = 'BadConfigurationError';
}

/** The batch was delivered from another source, and the replacement is not declared. */
export class SourceConflictError extends Error {
  override readonly name = 'SourceConflictError';
}

/** Everything is converted, and a quality gate wants somebody's approval: nothing is published yet. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
}

/** What other tasks should have left is not all there. */
export class IncompleteError extends Error {
  override readonly name = 'IncompleteError';
}

/** Shards have found a wider schema than the one that many of their chunks were written under. */
export class ReconcileError extends Error {
  override readonly name = 'ReconcileError';
  constructor(
    message: string,
    readonly reconcileUri: string,
  ) {
    super(message);
  }
}

/** Somebody asked for the end: SIGTERM, or the time is up. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  constructor(readonly by: 'signal' | 'timeout') {
    super(by === 'signal' ? 'stopped by SIGTERM' : 'TIMEOUT_SECONDS have elapsed');
  }
}

/** How the program ends on an error: exit code, cause and remedy, a line each. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly cause: string;
  readonly remedy: string;
}

const storageFailures: Readonly<Record<StorageErrorCode, [ExitCode, string]>> = {
  NotFound: [exitCodes.ioError, 'run it again: what is missing is made anew'],
  AccessDenied: [exitCodes.badConfiguration, "grant the task's role (or this user) access to it"],
  ReadOnly: [exitCodes.badConfiguration, 'choose a destination that can be written'],
  NoSpace: [exitCodes.ioError, 'free some space, or give the task more ephemeral storage'],
  SourceChanged: [exitCodes.sourceChanged, 'start a new run once the file is complete'],
  Corrupt: [exitCodes.ioError, 'look at the object named above'],
  Unavailable: [exitCodes.unavailable, 'run it again; what was finished is kept'],
};

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();

/** What an error means for the outside. Every error has an answer; an unexpected one may be tried again. */
export function failureOf(error: unknown): Failure {
  const cause = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof StorageError) {
    const [exitCode, remedy] = storageFailures[error.code];
    return { exitCode, cause: `${error.uri}: ${cause}`, remedy };
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
    const exitCode = error.by === 'signal' ? exitCodes.stopped : exitCodes.tryAgain;
    return { exitCode, cause, remedy: 'run it again, with a longer TIMEOUT_SECONDS if the time was too short' };
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return { exitCode: exitCodes.ioError, cause, remedy: storageFailures.NoSpace[1] };
  return { exitCode: exitCodes.ioError, cause, remedy: 'run it again; if it fails again, report it with the log' };
}
