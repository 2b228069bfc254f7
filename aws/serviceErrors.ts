import { classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, inWords } from '@etl/pipeline/causes/causeOf';
import { CredentialsError, ThrottledError } from '../activities/ports';

/** Error mapping of a service call. */
export interface ServiceCall {
  /** Name of the call in messages, for example `ECS RunTask`. */
  readonly what: string;
  /** Names of errors that the service returns again for the same request. */
  readonly permanent: ReadonlySet<string>;
  /** Error class for errors that a retry cannot resolve. */
  readonly Permanent: new (
    message: string,
    options: { readonly cause: unknown },
  ) => Error;
}

/**
 * Maps a service error to a `ThrottledError`, a `CredentialsError` or a permanent error. Returns any other error
 * unchanged.
 */
export function serviceError({ what, permanent, Permanent }: ServiceCall, error: unknown): unknown {
  const { name, message } = error as Error;
  const cause = causeOf(error);
  switch (cause && classOfKind(cause.kind)) {
    case 'Throttled':
      return new ThrottledError(`${what} is throttled: ${name}: ${message}`, { cause: error });
    case 'Credentials':
      return new CredentialsError(`${what}: ${cause ? inWords(cause) : message}`, { cause: error });
    case 'BadConfiguration':
      return new Permanent(`${what} failed: ${cause ? inWords(cause) : message}`, { cause: error });
    default:
      return permanent.has(name) ? new Permanent(`${what} was refused: ${name}: ${message}`, { cause: error }) : error;
  }
}
