import { classOf } from '../../activities/classified';
import { ConfigError } from '../../config/errors';

/** An error whose name the state machine catches, or retries with a separate policy. */
export class NamedError extends Error {
  constructor(
    override readonly name:
      | 'BadConfiguration'
      | 'CredentialsRefused'
      | 'CommitMissing'
      | 'Superseded'
      | 'SinkFailed'
      | 'SinksPending',
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * Runs a function's work and names its errors for the state machine.
 *
 * @throws {NamedError} `BadConfiguration` for errors that a retry cannot repair, `CredentialsRefused` for refused
 * credentials, which a retry may repair. All other errors are thrown unchanged.
 */
export async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigError) throw new NamedError('BadConfiguration', error.message, { cause: error });
    const known = classOf(error);
    if (known?.type !== 'BadConfiguration') throw error;
    const name = known.retry === 'never' ? 'BadConfiguration' : 'CredentialsRefused';
    throw new NamedError(name, known.message, { cause: error });
  }
}
