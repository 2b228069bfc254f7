import { runOnInterpreter } from './interpreterSide';
import type { InterpreterName } from './interpreters';
import { runOnMinistack } from './ministackSide';
import { missingForMinistack } from './needs';
import type { CompareRequest } from './request';
import type { Side } from './side';

/** A way to run the state machine. */
export interface StepFunctions {
  /** Runs the state machine. @throws {UnavailableError} when a requirement cannot be started */
  run(request: CompareRequest): Promise<Side>;
  /** Returns the requirements that this machine lacks; the image is one of them if it is named. */
  missing(image: string | undefined): Promise<readonly string[]>;
}

/** Ways to run the state machine, by the names that `--interpreter` takes. */
export const stepFunctions = {
  ministack: { run: runOnMinistack, missing: missingForMinistack },
  local: { run: runOnInterpreter, missing: async () => [] },
} as const satisfies Record<InterpreterName, StepFunctions>;
