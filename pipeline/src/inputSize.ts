import { jsonProblem } from '@etl/lib/json';
import { Undecoded } from '@etl/lib/reading';

/**
 * Maximum size of an event or a batch request, in bytes of JSON. State machines and EventBridge allow 256 KiB; so does
 * a dead-letter queue, whose message attributes need some of it.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const maxEventBytes = 240 * 1024;

/**
 * Returns why an event cannot be processed, whatever its keys: it could not be decoded, is nested too deeply, or too
 * large.
 */
export function eventProblem(event: unknown): string | undefined {
  return problemOf('event', event);
}

/** Returns the same for a batch request. */
export function requestProblem(request: unknown): string | undefined {
  return problemOf('request', request);
}

function problemOf(what: string, value: unknown): string | undefined {
  const problem = value instanceof Undecoded ? value.problem : jsonProblem(value, maxEventBytes);
  return problem && `the ${what} ${problem}`;
}
