import { exitCodes, type FailureType, failureTypes } from '@etl/pipeline/failures';

/** Exit codes of the `etl` command itself, beside those of the container (docs/cli.md). Source: sysexits.h. */
export const cliExitCodes = {
  failed: 1,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  cannotCreate: 73,
  interrupted: 130,
} as const;

/** The container's code where a failure type stands for one, `unavailable` for an absent service, else 1. */
export function exitCodeOfFailure(failureType: string | null): number {
  if (failureType === 'InvalidInput') return exitCodes.badData;
  if (failureType === 'ServiceUnavailable') return exitCodes.unavailable;
  const [code, ...others] = failureTypes[failureType as FailureType]?.exitCodes ?? [];
  return code !== undefined && others.length === 0 ? code : cliExitCodes.failed;
}

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
