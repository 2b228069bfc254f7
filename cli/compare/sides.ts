import { runOnInterpreter } from './interpreterSide';
import { runOnMinistack } from './ministackSide';
import { missingForMinistack } from './needs';
import type { CompareRequest } from './request';
import type { Side } from './side';

/** A way to run the state machine. */
export interface StepFunctions {
  run(request: CompareRequest): Promise<Side>;
  /** What it needs and this machine lacks. */
  missing(): Promise<readonly string[]>;
}

export const stepFunctions = {
  ministack: { run: runOnMinistack, missing: missingForMinistack },
  local: { run: runOnInterpreter, missing: async () => [] },
} as const satisfies Record<string, StepFunctions>;

export type InterpreterName = keyof typeof stepFunctions;
