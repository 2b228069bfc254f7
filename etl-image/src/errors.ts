/** The source cannot be cut into rows. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** The source's bytes are not what its head promised. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** The data cannot be loaded as it is: nothing is published. */
export class BadDataError extends Error {
  override readonly name = 'BadDataError';
}

/** There is no such source. */
export class NoInputError extends Error {
  override readonly name = 'NoInputError';
}

/** The container was told what it cannot do. */
export class BadConfigurationError extends Error {
  override readonly name = 'BadConfigurationError';
}

/** The batch was delivered from another source, and the replacement is not declared. */
export class SourceConflictError extends Error {
  override readonly name = 'SourceConflictError';
}

/** Everything is converted, and a quality gate wants somebody's approval: nothing is published yet. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
}

/** What other tasks should have left is not all there. */
export class IncompleteError extends Error {
  override readonly name = 'IncompleteError';
}

/** Shards have found a wider schema than the one that many of their chunks were written under. */
export class ReconcileError extends Error {
  override readonly name = 'ReconcileError';
  constructor(
    message: string,
    readonly reconcileUri: string,
  ) {
    super(message);
  }
}

/** Somebody asked for the end: SIGTERM, or the time is up. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  constructor(readonly by: 'signal' | 'timeout') {
    super(by === 'signal' ? 'stopped by SIGTERM' : 'TIMEOUT_SECONDS have elapsed');
  }
}
