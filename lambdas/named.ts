import { classOf } from '../activities/classified';
import { ConfigError } from '../config/errors';

/** An error whose name the state machine catches. */
export class NamedError extends Error {
  constructor(
    override readonly name: 'BadConfiguration' | 'CommitMissing' | 'Superseded',
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Runs a function's work. Throws `BadConfiguration` for what no retry can repair, and every other error as it is. */
export async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigError) throw new NamedError('BadConfiguration', error.message, { cause: error });
    const known = classOf(error);
    if (known?.type !== 'BadConfiguration') throw error;
    throw new NamedError('BadConfiguration', known.message, { cause: error });
  }
}
