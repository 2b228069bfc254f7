/** An error shown to the user: one line for the cause, one for the remedy, and between them those of further causes. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly remedy: string,
    /** @see docs/cli.md */
    readonly exitCode: number,
    options?: { cause?: unknown },
    readonly further: readonly string[] = [],
  ) {
    super(message, options);
  }
}

/** Exit code of an option or a declaration that is not valid. @see sysexits.h, EX_USAGE */
export const usageExitCode = 64;
