import { usageExitCode } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { type FailureType, failureTypes } from '@etl/pipeline/failures/table';

/** Exit codes of the `etl` command, in addition to those of the container (docs/cli.md). @see sysexits.h */
export const cliExitCodes = {
  failed: 1,
  usage: usageExitCode,
  noInput: 66,
  unavailable: 69,
  cannotCreate: 73,
  interrupted: 130,
} as const;

/**
 * Returns the container's exit code if the failure type has exactly one, `unavailable` for an unavailable service,
 * otherwise 1.
 */
export function exitCodeOfFailure(failureType: string | null): number {
  if (failureType === 'InvalidInput') return exitCodes.badData;
  if (failureType === 'ServiceUnavailable') return exitCodes.unavailable;
  const [code, ...others] = failureTypes[failureType as FailureType]?.exitCodes ?? [];
  return code !== undefined && others.length === 0 ? code : cliExitCodes.failed;
}
