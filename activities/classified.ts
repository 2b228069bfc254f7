import { type CauseKind, classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, inWords } from '@etl/pipeline/causes/causeOf';
import type { FailureType } from '@etl/pipeline/failures';
import { StorageError } from '@etl/storage/objectStore';
import { ApplicationFailure } from '@temporalio/common';
import { LightConverterError, TaskRunnerError, ThrottledError } from './ports';
import { SourceConflictError } from './validateInput';

/** What an error means for a run. */
export interface Classified {
  readonly type: FailureType;
  readonly message: string;
}

/** What no retry can change. */
const final: readonly FailureType[] = ['BadConfiguration', 'SourceConflict'];

/**
 * The failure type and message of an error whose cause is known: `BadConfiguration` for what no retry can repair, else
 * `ServiceUnavailable` or `Throttled`. Undefined for every other error; Temporal retries it as it is.
 */
export function classOf(error: unknown): Classified | undefined {
  if (error instanceof TaskRunnerError || error instanceof LightConverterError) {
    return { type: 'BadConfiguration', message: error.message };
  }
  if (error instanceof SourceConflictError) return { type: 'SourceConflict', message: error.message };
  if (error instanceof ThrottledError) return { type: 'Throttled', message: error.message };
  if (error instanceof StorageError) return classOfStorage(error);
  const cause = causeOf(error);
  return cause && { type: classOfKind(cause.kind), message: inWords(cause) };
}

/** A file that changes is complete at the next attempt; a damaged object stays damaged. */
function classOfStorage({ code, uri, message: sentence, remedy }: StorageError): Classified | undefined {
  if (code === 'SourceChanged') return undefined;
  const type = code === 'Corrupt' ? 'BadConfiguration' : classOfKind(code satisfies CauseKind);
  return { type, message: `${uri}: ${remedy === undefined ? sentence : inWords({ sentence, remedy })}` };
}

/** Awaits an activity's work and maps its errors to failures with a type of ours; bad configuration is not retried. */
export async function classified<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const known = classOf(error);
    if (!known) throw error;
    const { type, message } = known;
    const cause = error instanceof Error ? error : undefined;
    throw ApplicationFailure.create({
      message,
      type,
      nonRetryable: final.includes(type),
      ...(cause && { cause }),
    });
  }
}
