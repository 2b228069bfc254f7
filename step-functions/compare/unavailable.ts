/** A requirement for running the state machine could not be started. The message is shown to the user. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}
