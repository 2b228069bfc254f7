import { exitCodeOfKind } from '@etl/pipeline/causes/cause';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { type ExitCode, exitCodes } from '@etl/pipeline/failures/exitCodes';
import { StorageError } from '@etl/storage/objectStore';
import { ConfigError, payloadKeyErrorIn, TemporalConnectionError } from './errors';

/** What an error means for the operator who started the process. */
export interface Explanation {
  readonly message: string;
  readonly remedy: string;
  readonly exitCode: ExitCode;
}

/** Returns the explanation of an error with a known cause; undefined for any other error. */
export function explain(error: unknown): Explanation | undefined {
  if (error instanceof ConfigError) {
    const remedy = 'Fix the variables listed above; docs/configuration.md lists them all';
    return { message: error.message, remedy, exitCode: exitCodes.badConfiguration };
  }
  if (error instanceof TemporalConnectionError) {
    return { message: error.message, remedy: error.remedy, exitCode: exitCodeOfKind(error.kind) };
  }
  const unreadable = payloadKeyErrorIn(error);
  if (unreadable) {
    const { message, remedy } = unreadable;
    return { message, remedy, exitCode: exitCodes.badConfiguration };
  }
  if (error instanceof StorageError) return explainStorage(error);
  const known = causeOf(error);
  if (!known) return undefined;
  const { path, cause, message } = error as NodeJS.ErrnoException & { readonly cause?: unknown };
  const what = path ?? (cause === undefined ? undefined : message);
  const sentence = what === undefined ? known.sentence : `${what}: ${known.sentence}`;
  return { message: sentence, remedy: known.remedy, exitCode: exitCodeOfKind(known.kind) };
}

function explainStorage({ code, uri, message, remedy }: StorageError): Explanation {
  const isOfFile = code === 'SourceChanged' || code === 'Corrupt';
  return {
    message: `${uri}: ${message}`,
    remedy: remedy ?? 'Check that this machine has read and write access to it',
    exitCode: isOfFile ? exitCodes.ioError : exitCodeOfKind(code),
  };
}
