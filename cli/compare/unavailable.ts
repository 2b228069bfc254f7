/** What a way to run the state machine needs could not be started. Its message is for a person. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}
