/** The server cannot listen where it was told to. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  constructor(
    readonly port: number,
    readonly what: string,
  ) {
    super(`port ${port}, for the ${what}, is taken`);
  }
}

/** No Temporal server program is there, and none could be had. */
export class TemporalNotFoundError extends Error {
  override readonly name = 'TemporalNotFoundError';
}
