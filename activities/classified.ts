import { type CauseKind, classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, inWords } from '@etl/pipeline/causes/causeOf';
import type { FailureType } from '@etl/pipeline/failures/table';
import { StorageError } from '@etl/storage/objectStore';
import { ApplicationFailure } from '@temporalio/common';
import { CredentialsError, LightConverterError, TaskRunnerError, ThrottledError } from './ports';
import { DeclarationError, SourceConflictError } from './validateInput';

/** Failure type, message and retry policy of an error. */
export interface Classified {
  readonly type: FailureType;
  readonly message: string;
  /** Absent: another attempt may succeed. `withinBudget`: retried for a limited time (`withCredentialRetries`). */
  readonly retry?: 'never' | 'withinBudget';
}

/**
 * Returns the failure type and message of an error whose cause is known: `BadConfiguration` for errors that no retry
 * can fix and for refused credentials, otherwise `ServiceUnavailable` or `Throttled`. Returns undefined for any other
 * error, which Temporal retries unchanged.
 */
export function classOf(error: unknown): Classified | undefined {
  if (error instanceof TaskRunnerError || error instanceof LightConverterError || error instanceof DeclarationError)
    return final(error.message);
  if (error instanceof SourceConflictError) return { type: 'SourceConflict', message: error.message, retry: 'never' };
  if (error instanceof ThrottledError) return { type: 'Throttled', message: error.message };
  if (error instanceof CredentialsError) return ofKind('Credentials', error.message);
  if (error instanceof StorageError) return classOfStorage(error);
  const cause = causeOf(error);
  return cause && ofKind(cause.kind, inWords(cause));
}

const final = (message: string): Classified => ({ type: 'BadConfiguration', message, retry: 'never' });

function ofKind(kind: CauseKind, message: string): Classified {
  const type = classOfKind(kind);
  if (type === 'Credentials') return { type: 'BadConfiguration', message, retry: 'withinBudget' };
  return type === 'BadConfiguration' ? final(message) : { type, message };
}

/**
 * Returns undefined for a source that changes, which may be complete at the next attempt. A damaged object stays
 * damaged.
 */
function classOfStorage({ code, uri, message: sentence, remedy }: StorageError): Classified | undefined {
  if (code === 'SourceChanged') return undefined;
  const message = `${uri}: ${remedy === undefined ? sentence : inWords({ sentence, remedy })}`;
  return code === 'Corrupt' ? final(message) : ofKind(code, message);
}

/**
 * Awaits an activity's work and maps its errors to failures with one of our types. Bad configuration is not retried.
 * @throws {CredentialsError} for refused credentials: `withCredentialRetries`, which counts the attempts, decides
 * whether to retry
 */
export async function classified<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const known = classOf(error);
    if (!known) throw error;
    const { type, message, retry } = known;
    if (retry === 'withinBudget') throw new CredentialsError(message, { cause: error });
    const cause = error instanceof Error ? error : undefined;
    throw ApplicationFailure.create({
      message,
      type,
      nonRetryable: retry === 'never',
      ...(cause && { cause }),
    });
  }
}
