import { cut } from '@etl/lib/capped';
import { ApplicationFailure } from '@temporalio/common';
import type { EtlActivities } from './contract';
import { wrapEach } from './wrapEach';

/**
 * Maximum size of an activity's result, in bytes of JSON. Temporal accepts payloads of 2 MiB and messages of 4 MiB. A
 * larger result is neither recorded nor reported as a failure, and the activity is retried indefinitely.
 *
 * @see https://docs.temporal.io/self-hosted-guide/defaults
 */
export const maxAnswerBytes = 2 * 1024 * 1024 - 64 * 1024;

/** Longest message and longest stack of an error, in characters. */
const maxErrorText = 10_000;

/**
 * Wraps the activities so that none returns or throws more than Temporal accepts. Lists are capped where they are
 * created.
 */
export function boundAnswers(activities: EtlActivities): EtlActivities {
  return wrapEach(activities, async (work, name) => {
    try {
      const answer = await work();
      checkSize(name, answer);
      return answer;
    } catch (error) {
      throw shortened(error);
    }
  });
}

function checkSize(name: string, answer: unknown): void {
  const bytes = sizeOf(answer);
  if (bytes <= maxAnswerBytes) return;
  const message = `the result of ${name} has ${bytes} bytes, more than Temporal's limit of ${maxAnswerBytes}: reduce the input`;
  throw ApplicationFailure.nonRetryable(message, 'ServiceUnavailable');
}

/** Returns the size in bytes of JSON; Infinity for values that cannot be serialised. */
function sizeOf(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value) ?? '');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Shortens the error's texts, and drops details that are too large. */
function shortened(error: unknown): unknown {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.message.length > maxErrorText) each.message = cut(each.message, maxErrorText);
    if ((each.stack?.length ?? 0) > maxErrorText) each.stack = cut(each.stack ?? '', maxErrorText);
  }
  if (!(error instanceof ApplicationFailure) || sizeOf(error.details) <= maxAnswerBytes / 2) return error;
  const { message, type, nonRetryable, nextRetryDelay } = error;
  return ApplicationFailure.create({
    message,
    type: type ?? 'ServiceUnavailable',
    nonRetryable: nonRetryable ?? false,
    ...(nextRetryDelay && { nextRetryDelay }),
  });
}
