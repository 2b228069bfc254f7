/** A part of the local system that ended before it was ready. */
export class PartError extends Error {
  override readonly name = 'PartError';
  constructor(
    message: string,
    readonly remedy: string,
    readonly exitCode: number | null,
  ) {
    super(message);
  }
}
