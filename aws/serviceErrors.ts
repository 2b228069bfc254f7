import { classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, inWords } from '@etl/pipeline/causes/causeOf';
import { CredentialsError, ThrottledError } from '../activities/ports';

/** A call to a service, as its errors are mapped. */
export interface ServiceCall {
  /** Names the call in messages: `ECS RunTask`. */
  readonly what: string;
  /** Names of errors that the service answers again to the same request. */
  readonly permanent: ReadonlySet<string>;
  /** The error class for what no repetition repairs. */
  readonly Permanent: new (
    message: string,
    options: { readonly cause: unknown },
  ) => Error;
}

/** Returns what an error of a service means: a `ThrottledError`, a `CredentialsError`, a permanent error, or the error itself. */
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
