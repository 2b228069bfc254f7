/** The server's port is in use. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  constructor(
    readonly port: number,
    readonly what: string,
  ) {
    super(`port ${port} for the ${what} is in use`);
  }
}

/** There is no Temporal server program, and none could be installed. */
export class TemporalNotFoundError extends Error {
  override readonly name = 'TemporalNotFoundError';
}
