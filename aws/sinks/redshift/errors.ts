import { oneLine } from '@etl/lib/oneLine';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { SinkError, ThrottledError } from '../../../activities/ports';
import { serviceError } from '../../serviceErrors';

/**
 * Errors that the Data API returns again for the same request.
 * @see Amazon Redshift Data API Reference, Errors of ExecuteStatement and BatchExecuteStatement
 */
const permanent: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ResourceNotFoundException',
  'ValidationException',
]);

/**
 * Transient errors of the Data API, which submitted nothing: too many statements or sessions, or a database that does not
 * respond.
 */
const passing: ReadonlySet<string> = new Set([
  'ActiveSessionsExceededException',
  'ActiveStatementsExceededException',
  'ActiveWaitingRequestsExceededException',
  'BatchExecuteStatementException',
  'DatabaseConnectionException',
  'ExecuteStatementException',
  'InternalServerException',
  'QueryTimeoutException',
]);

/** Matches messages about a database that is temporarily unavailable. */
const unavailable =
  /\b(paus(ed|ing)|resum(ed|ing)|resizing|rebooting|restarting|shutting down|starting up)\b|\b(is|are) (currently |temporarily )?(not available|unavailable)\b|connection (\w+ )*(reset|refused|closed|terminated|timed out|lost)|connect(ion attempt)? timed out|terminating connection|closed the connection|too many connections|connection limit exceeded/i;

/** Matches messages about a denied access, or about a missing database or object. */
const refused = /authentication failed|permission denied|not authorized|does not exist/i;

/**
 * Matches errors after which the same statement may succeed. 1023: serializable isolation violation.
 * @see https://repost.aws/knowledge-center/redshift-serializable-isolation
 */
const repeatable = /\b1023\b|serializable isolation violation|deadlock detected|\bslow ?down\b|internal error/i;

/** Awaits a call of the Data API and maps its errors (`serviceError`). */
export async function mapDataApiErrors<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw dataApiError(operation, error);
  }
}

function dataApiError(operation: string, error: unknown): unknown {
  const what = `Redshift Data API ${operation}`;
  const { name, message } = error as Error;
  if ((passing.has(name) || (permanent.has(name) && unavailable.test(message))) && !refused.test(message))
    return new ThrottledError(`${what} cannot succeed now: ${name}: ${message}`, { cause: error });
  const isPermanent = permanent.has(name) || passing.has(name);
  if (isPermanent && causeOf(error) === undefined)
    return new SinkError(
      `${what} was refused: ${name}: ${message}. Check the workgroup or cluster, the secret and the database of the sink`,
      { cause: error },
    );
  return serviceError({ what, permanent, Permanent: SinkError }, error);
}

/** Returns whether a statement that failed with this message may succeed later. */
export function mayRepeat(message: string): boolean {
  return !refused.test(message) && (repeatable.test(message) || unavailable.test(message));
}

/** Matches errors about a text that is longer than its column. */
export const tooLong = /value too long for (character )?type/i;

/** Maximum length of a service's message in one of ours. */
const maxChars = 400;

/**
 * Returns a message of the database in one line, without its quoted texts, which may be values of the data. `names`:
 * quoted texts that are kept.
 */
export function withoutValues(message: string, names: ReadonlySet<string> = new Set()): string {
  const kept = oneLine(message).replace(/(["'`])(.*?)\1/g, (quoted, quote: string, text: string) =>
    names.has(text) ? quoted : `${quote}…${quote}`,
  );
  return kept.length > maxChars ? `${kept.slice(0, maxChars)}…` : kept;
}
