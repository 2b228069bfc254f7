/** Thrown when the source cannot be cut into rows: a row does not end, or is longer than a row group. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** Thrown when the source cannot be decompressed or decoded with the compression and encoding of its head. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Thrown when the data cannot be loaded: the source is not CSV, or a quality gate blocks it. Nothing is published. */
export class BadDataError extends Error {
  override readonly name = 'BadDataError';
}

/** Thrown when the source does not exist. */
export class NoInputError extends Error {
  override readonly name = 'NoInputError';
}

/** Thrown for an invalid environment, and for a request that the container cannot fulfil. */
export class BadConfigurationError extends Error {
  override readonly name = 'BadConfigurationError';
  constructor(
    message: string,
    readonly remedy = 'Check the environment (docs/container.md)',
  ) {
    super(message);
  }
}

/** Thrown when another source published the batch and `REPLACES` does not declare the replacement. */
export class SourceConflictError extends Error {
  override readonly name = 'SourceConflictError';
}

/** Thrown when the source is converted and a quality gate requires approval. Nothing is published yet. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
}

/** Thrown by a commit when chunks of some shards are missing. */
export class IncompleteError extends Error {
  override readonly name = 'IncompleteError';
}

/**
 * Thrown by a commit when the merged schema is wider than the schema of too many chunks for the commit to rewrite them.
 */
export class ReconcileError extends Error {
  override readonly name = 'ReconcileError';
  constructor(
    message: string,
    readonly reconcileUri: string,
  ) {
    super(message);
  }
}

/** Thrown when the work is interrupted: by a signal, or because `TIMEOUT_SECONDS` have elapsed. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  constructor(readonly by: 'signal' | 'timeout') {
    super(by === 'signal' ? 'stopped by SIGTERM' : 'TIMEOUT_SECONDS have elapsed');
  }
}
