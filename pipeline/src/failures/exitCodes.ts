/**
 * Exit codes of the container. Source: sysexits.h where it defines one; 76, 79 to 81 and 143 are ours
 * (docs/container.md).
 */
export const exitCodes = {
  done: 0,
  badData: 65,
  noInput: 66,
  unavailable: 69,
  ioError: 74,
  tryAgain: 75,
  held: 76,
  credentials: 77,
  badConfiguration: 78,
  reconcile: 79,
  sourceChanged: 80,
  sourceConflict: 81,
  stopped: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
