import { cut } from '@etl/lib/capped';
import { ApplicationFailure } from '@temporalio/common';
import type { EtlActivities } from './contract';
import { wrapEach } from './wrapEach';

/**
 * Of an activity's result, in bytes of JSON. Temporal takes payloads of 2 MiB and messages of 4 MiB; a larger result is neither
 * recorded nor a failure, and its activity is tried again for ever.
 *
 * @see https://docs.temporal.io/self-hosted-guide/defaults
 */
export const maxAnswerBytes = 2 * 1024 * 1024 - 64 * 1024;

/** Characters of an error's message and of its stack. */
const maxErrorText = 10_000;

/** Returns the same activities, none of which returns or throws more than Temporal takes. Lists are capped where they are made. */
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
  const message = `the result of ${name} has ${bytes} bytes, and Temporal takes ${maxAnswerBytes}: make the input smaller`;
  throw ApplicationFailure.nonRetryable(message, 'ServiceUnavailable');
}

/** Infinite for what cannot be serialised. */
function sizeOf(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value) ?? '');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The same error with shorter texts, and without details that are too large. */
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
