import { parseJsonOr } from '@etl/lib/json';
import { fieldsOf, isAmount } from '@etl/lib/reading';
import { joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { SinkOutcome } from '@etl/pipeline/sinks/outcome';
import type { ObjectStore } from '@etl/storage/objectStore';

/**
 * What an execution knows of a sink between two invocations of its function. Times are in milliseconds since the epoch.
 */
export interface Progress {
  /** Number of the current application, 1, 2, …: each has its own client token. */
  readonly attempt: number;
  /** Retries that were spent of the budget. */
  readonly retries: number;
  /** The statement of the current application. */
  readonly statement?: { readonly id: string; readonly commit: number; readonly since: number };
  /** Time of the first of consecutive calls that failed. */
  readonly failingSince?: number;
  /** Set when the sink has ended: it waits for the others. */
  readonly outcome?: SinkOutcome;
}

/** Returns where the progress of an execution is stored, beside the status of the sink. */
export function progressUri(place: BatchLayout, sink: string, executionName: string): string {
  return joinUri(place.sink(sink), 'executions', `${executionName}.json`);
}

/** Returns the stored progress; undefined if there is none. */
export async function readProgress(store: Pick<ObjectStore, 'readSmall'>, uri: string): Promise<Progress | undefined> {
  const body = await store.readSmall(uri);
  const progress = body && parseJsonOr(body.toString('utf8'), undefined);
  const { attempt, retries } = fieldsOf(progress);
  return isAmount(attempt) && isAmount(retries) ? (progress as unknown as Progress) : undefined;
}

/**
 * Returns the progress with which an invocation begins. The first invocation of a state has the whole budget. After a
 * redrive, it follows a statement that is still running, and gives a sink that had ended a new client token: the old
 * one would return the old statement.
 */
export function begun(stored: Progress | undefined, isFirst: boolean): Progress {
  if (!stored) return { attempt: 1, retries: 0 };
  if (!isFirst) return stored;
  const { attempt, statement, outcome } = stored;
  if (outcome) return { attempt: attempt + 1, retries: 0 };
  return { attempt, retries: 0, ...(statement && { statement }) };
}
