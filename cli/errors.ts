/** Exit codes of the `etl` command itself, beside those of the container (docs/cli.md). Source: sysexits.h. */
export const cliExitCodes = {
  failed: 1,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  cannotCreate: 73,
  interrupted: 130,
} as const;

/** An error for a person: one line of cause, one of remedy. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly remedy: string,
    readonly exitCode: number,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
