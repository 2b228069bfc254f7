import { jsonProblem } from '@etl/lib/json';
import { Undecoded } from '@etl/lib/reading';

/**
 * Of an event or a batch request, in bytes of JSON. A state machine takes 256 KiB, as EventBridge does; so does a queue of dead
 * letters, whose attributes need some of it.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const maxEventBytes = 240 * 1024;

/** Says why an event cannot be processed whatever its keys are: it could not be decoded, is nested too deeply, or too large. */
export function eventProblem(event: unknown): string | undefined {
  return problemOf('event', event);
}

/** Says the same of the request of a batch. */
export function requestProblem(request: unknown): string | undefined {
  return problemOf('request', request);
}

function problemOf(what: string, value: unknown): string | undefined {
  const problem = value instanceof Undecoded ? value.problem : jsonProblem(value, maxEventBytes);
  return problem && `the ${what} ${problem}`;
}
